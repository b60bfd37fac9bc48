"""Parquet: columns that know their types, read some rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet, types

from engine.table import Kind
from service.tables.chunks import Chunk, Kinds, checked_names, refuse_infinite, rows_of_a_chunk
from service.tables.faults import Faults
from service.tables.kinds import Values, seconds, without_marks
from service.tables.limits import IngestLimits
from service.tables.media_types import PARQUET
from service.tables.sources import beginning, what_begins

MAGIC = b"PAR1"
DAY_SECONDS = 86_400
UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}  # of a second


class ParquetSource:
    """Columns of the kinds that their types are; the last one is the target."""

    def __init__(self, path: Path, limits: IngestLimits, faults: Faults) -> None:
        self._limits = limits
        self._faults = faults
        head = beginning(path)
        if not head.startswith(MAGIC):
            what = what_begins(head) or "something else"
            raise faults.stop(
                "is empty" if not head else f"was sent as {PARQUET}, and looks like {what}"
            )
        with _readable(faults, "its footer cannot be read"):
            self._file = parquet.ParquetFile(path)
            self._schema = self._file.schema_arrow
        self.names = checked_names(self._schema.names, limits, faults)
        self.targets = self.names[-1:]
        self._kinds = [
            self._kind(field, name) for field, name in zip(self._schema, self.names, strict=True)
        ]
        faults.raise_any()
        if (rows := self._file.metadata.num_rows) > limits.rows:
            raise faults.stop(f"has {rows:,} rows, {limits.rows:,} are the most allowed")

    def chunks(self, kinds: Kinds) -> Iterator[Chunk]:
        kinds[:] = self._kinds
        row = 1
        batches = self._file.iter_batches(rows_of_a_chunk(len(self.names)))
        while (batch := self._next(batches, row)) is not None:
            if batch.num_rows:
                yield [self._values(batch, place, row) for place in range(len(self.names))]
            row += batch.num_rows

    def _next(self, batches: Iterator[Any], row: int) -> Any:
        with _readable(self._faults, f"cannot be read from row {row:,} on"):
            batch = next(batches, None)
            if batch is not None:
                batch.validate(full=True)  # texts that are not UTF-8 show only here
            return batch

    def _values(self, batch: Any, place: int, row: int) -> Values:
        values, kind = batch.column(place), self._kinds[place]
        if kind is Kind.TEXT:
            return without_marks(pc.cast(values, pa.string()), self._limits.missing)
        if kind is Kind.DATE:
            return _seconds(values)
        values = pc.cast(values, pa.float64(), safe=False)
        refuse_infinite(values, self.names[place], row, self._faults)
        return values

    def _kind(self, field: Any, name: str) -> Kind | None:
        kind = kind_of(field.type)
        if kind is None and not types.is_null(field.type):
            what = "is nested" if types.is_nested(field.type) else "is of a type not understood"
            self._faults.add(
                f"column {name!r}: {what} ({field.type}); a column holds numbers, booleans, dates "
                "or texts"
            )
        return kind


def kind_of(stored: Any) -> Kind | None:
    """What values of a pyarrow type are; None if a table cannot hold them."""
    if types.is_dictionary(stored):
        return Kind.TEXT if kind_of(stored.value_type) is Kind.TEXT else None
    if types.is_boolean(stored):
        return Kind.BOOLEAN
    if types.is_integer(stored) or types.is_floating(stored) or types.is_decimal(stored):
        return Kind.NUMBER
    if types.is_date(stored) or types.is_timestamp(stored):
        return Kind.DATE
    texts = (types.is_string, types.is_large_string, types.is_string_view)
    return Kind.TEXT if any(is_text(stored) for is_text in texts) else None


def _seconds(values: Any) -> Values:
    """A time that is stored without a zone is UTC."""
    stored = values.type
    if types.is_date32(stored):
        days = pc.cast(pc.cast(values, pa.int32()), pa.int64())
        return seconds(pc.multiply(days, DAY_SECONDS), 1)
    unit = "ms" if types.is_date64(stored) else stored.unit
    return seconds(pc.cast(values, pa.int64()), UNITS[unit])


@contextmanager
def _readable(faults: Faults, otherwise: str) -> Iterator[None]:
    """Tells of a file that pyarrow cannot read."""
    try:
        yield
    except MemoryError:
        raise
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise faults.stop(f"is not a whole Parquet file, {otherwise}: {reason}") from None
