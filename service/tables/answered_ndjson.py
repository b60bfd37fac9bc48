"""An NDJSON file of rows to predict on: on each line an array of values, or an object of columns.

A value is as in the JSON body of a prediction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from engine.encoders import Encoder
from engine.table import MemoryTable
from service.raw_rows import row_faults, table_from
from service.schemas.pointers import split
from service.tables.faults import Faults
from service.tables.limits import IngestLimits
from service.tables.ndjson_source import framed_pieces, lines_of, not_json


class NdjsonRows:
    """Members of an object that are no column of the model's are left out."""

    def __init__(
        self, path: Path, features: Sequence[Encoder], limits: IngestLimits, faults: Faults
    ) -> None:
        self._path, self._features, self._limits, self._faults = path, features, limits, faults
        self._names = [encoder.name for encoder in features]

    def tables(self) -> Iterator[MemoryTable]:
        """The rows in order, some at a time, without those that are at fault."""
        for piece, framing in framed_pieces(self._path, self._limits, self._faults):
            rows = [
                row
                for number, text in lines_of(piece, framing)
                if (row := self._row(number, text)) is not None
            ]
            if rows:
                yield table_from(rows, self._features, "")

    def _row(self, number: int, text: bytes) -> Any:
        """What a line holds; None where it is at fault."""
        try:
            row = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            self._faults.add(f"line {number:,}: {not_json(error)}")
            return None
        if isinstance(row, dict):
            row = {name: row[name] for name in self._names if name in row}
        faults = list(row_faults(row, self._features, ""))
        for fault in faults:
            self._faults.add(f"line {number:,}{self._place(fault.pointer)}: {fault.detail}")
        return None if faults else row

    def _place(self, pointer: str) -> str:
        """In which column a fault is, where it is in one."""
        if not pointer:
            return ""
        (key,) = split(pointer)
        name = key if key in self._names else self._names[int(key)]
        return f", column {name!r}"
