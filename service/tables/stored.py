"""The stored form of a table: a Parquet file that is read one column at a time.

Its columns are called by their place, for Parquet reads a dot in a name as a path. What they are
called and are stands in the metadata of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from pyarrow import parquet

from engine.table import MISSING_PLACE, Array, Column, Field, Kind, MemoryTable
from service.tables.chunks import Chunk
from service.tables.kinds import Values

ABOUT = b"descentd"
GROUP_BYTES = 64 * 1024 * 1024
ROWS_AT_ONCE = 1024


class StoredTable:
    """A table in a file; each `column` is read anew, and nothing of it kept."""

    def __init__(self, path: Path, targets: Sequence[str] | None = None) -> None:
        self._file = parquet.ParquetFile(path)
        about = orjson.loads(self._file.schema_arrow.metadata[ABOUT])
        kinds = [Kind(kind) for kind in about["kinds"]]
        self.fields = tuple(map(Field, about["names"], kinds))
        self.rows: int = self._file.metadata.num_rows
        self.targets = tuple(about["targets"] if targets is None else targets)
        self._places = {field.name: place for place, field in enumerate(self.fields)}

    def column(self, name: str) -> Column:
        place = self._places[name]
        values = self._file.read(columns=[str(place)], use_threads=False).column(0)
        return self._column(place, values)

    def blocks(self, names: Sequence[str], rows: int) -> Iterator[MemoryTable]:
        places = [self._places[name] for name in names]
        read = self._file.iter_batches(rows, columns=list(map(str, places)), use_threads=False)
        for batch in read:
            values = pa.Table.from_batches([batch])
            yield MemoryTable([self._column(place, values[str(place)]) for place in places])

    def part(self, start: int, stop: int) -> list[Column]:
        """All columns, of the rows from `start` to `stop` alone: no more is in memory than a few
        batches of rows, and no more is read than the groups these rows lie in.
        """
        chosen, first = self._groups(start, stop)
        pieces, met = [], first
        for batch in self._file.iter_batches(ROWS_AT_ONCE, row_groups=chosen, use_threads=False):
            low, high = max(start - met, 0), min(stop - met, batch.num_rows)
            if low < high:
                pieces.append(batch.slice(low, high - low))
            met += batch.num_rows
            if met >= stop:
                break
        rows = pa.Table.from_batches(pieces, self._file.schema_arrow)
        return [self._column(place, rows.column(str(place))) for place in self._places.values()]

    def _groups(self, start: int, stop: int) -> tuple[list[int], int]:
        """The groups that these rows lie in, and the first row of the first of them."""
        chosen: list[int] = []
        first = met = 0
        for group in range(self._file.num_row_groups):
            rows = self._file.metadata.row_group(group).num_rows
            if met < stop and met + rows > start:
                first = first if chosen else met
                chosen.append(group)
            met += rows
        return chosen, first

    def _column(self, place: int, values: Any) -> Column:
        name, kind = self.fields[place].name, self.fields[place].kind
        if kind is Kind.TEXT:
            return Column(name, kind, *places_in_order(values))
        return Column(name, kind, values.to_numpy())

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> StoredTable:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def places_in_order(texts: Any) -> tuple[Array, tuple[str, ...]]:
    """int32 (rows,) places of the texts among all that are met, sorted; and these."""
    encoded = texts.dictionary_encode().combine_chunks()
    met = encoded.dictionary.to_pylist()
    order = sorted(range(len(met)), key=met.__getitem__)
    place_of = np.empty(len(met) + 1, np.int32)
    place_of[order] = np.arange(len(met), dtype=np.int32)
    place_of[-1] = MISSING_PLACE
    places = encoded.indices.fill_null(len(met)).to_numpy(zero_copy_only=False)
    return place_of[places], tuple(met[place] for place in order)


class StoredWriter:
    """Writes a table that `StoredTable` reads, some rows at a time."""

    def __init__(
        self, path: Path, names: Sequence[str], kinds: Sequence[Kind], targets: Sequence[str]
    ) -> None:
        texts = [str(place) for place, kind in enumerate(kinds) if kind is Kind.TEXT]
        about = {"names": names, "kinds": kinds, "targets": targets}
        self._schema = pa.schema(
            [_field(place, kind) for place, kind in enumerate(kinds)],
            {ABOUT: orjson.dumps(about)},
        )
        self._group: list[Any] = []
        self._bytes = 0
        self._writer = parquet.ParquetWriter(
            path, self._schema, compression="none", use_dictionary=texts, write_statistics=False
        )

    def write(self, chunk: Chunk) -> None:
        """Add rows: of each column as many."""
        columns = [_stored(values) for values in chunk]
        rows = pa.Table.from_arrays(columns, schema=self._schema)
        self._group.append(rows)
        self._bytes += rows.nbytes
        if self._bytes >= GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._group:
            rows = pa.concat_tables(self._group)
            self._writer.write_table(rows, row_group_size=max(1, rows.num_rows))
        self._group, self._bytes = [], 0


def _field(place: int, kind: Kind) -> Any:
    if kind is Kind.TEXT:
        return pa.field(str(place), pa.string())
    return pa.field(str(place), pa.float64(), nullable=False)


def _stored(values: Values) -> Values:
    return values.fill_null(float("nan")) if values.type == pa.float64() else values
