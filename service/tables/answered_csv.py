"""A CSV file of rows to predict on: of the columns it is known beforehand what they must be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from engine.encoders import Encoder
from engine.labels import named
from engine.table import Column, Kind, MemoryTable
from service.tables import kinds as reading
from service.tables.chunks import Chunk, Kinds
from service.tables.csv_source import CsvSource
from service.tables.faults import Faults
from service.tables.kinds import Values
from service.tables.limits import IngestLimits
from service.tables.pieces import Piece
from service.tables.stored import places_in_order

MISFITS: Mapping[Kind | None, str] = {
    Kind.NUMBER: "is not a number",
    Kind.BOOLEAN: "is not true or false",
    Kind.DATE: "is not a date such as 2026-11-24 or 2026-11-24T14:30:00Z",
}
NOT_MISSING = "stands for a missing value, and the model has nothing to put in its place"


class CsvRows(CsvSource):
    """The columns that a model takes, found by their names; others may be there and are left out.

    A file without names whose columns are as many as the model takes is read in their order.
    """

    def __init__(
        self, path: Path, features: Sequence[Encoder], limits: IngestLimits, faults: Faults
    ) -> None:
        super().__init__(path, limits, faults)
        self._features = features
        names = [encoder.name for encoder in features]
        if self._dialect.header is None and len(self.names) == len(names):
            self.names = tuple(names)
        if lacking := [name for name in names if name not in self.names]:
            raise faults.stop(f"lacks columns that the model needs: {named(lacking)}")
        self._wanted = {self.names.index(encoder.name): encoder for encoder in features}

    def tables(self) -> Iterator[MemoryTable]:
        """The rows in order, some at a time, without those that are at fault."""
        kinds: Kinds = [self._kind(at) for at in range(len(self.names))]
        for values in self.chunks(kinds):
            columns = [_column(encoder, values[at]) for at, encoder in self._wanted.items()]
            yield MemoryTable(columns)

    def _kind(self, at: int) -> Kind:
        # As texts, columns that are left out can have no fault
        return self._wanted[at].kind if at in self._wanted else Kind.TEXT

    def _as_text(self, piece: Piece, kinds: Kinds) -> Chunk:
        values = list(super()._as_text(piece, kinds))
        for at, encoder in self._wanted.items():
            if kinds[at] is not encoder.kind:
                rows = [row for row, text in enumerate(values[at]) if _misfits(text, encoder.kind)]
                self._refuse(piece, at, rows, MISFITS[encoder.kind])
                kinds[at], values[at] = encoder.kind, reading.all_missing(len(values[at]))
        return values

    def _judge(self, piece: Piece, kinds: Kinds, values: Chunk) -> None:
        super()._judge(piece, kinds, values)
        for at, encoder in self._wanted.items():
            if not encoder.takes_missing and values[at].null_count and not self._faults.any:
                rows = np.flatnonzero(values[at].is_null().to_numpy(zero_copy_only=False))
                self._refuse(piece, at, rows.tolist(), NOT_MISSING)


def _misfits(text: pa.Scalar, kind: Kind) -> bool:
    return text.is_valid and reading.READERS[kind](pa.array([text.as_py()])) is None


def _column(encoder: Encoder, values: Values) -> Column:
    if encoder.kind is Kind.TEXT:
        return Column(encoder.name, encoder.kind, *places_in_order(values))
    return Column(encoder.name, encoder.kind, values.to_numpy(zero_copy_only=False))
