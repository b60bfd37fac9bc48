"""NDJSON: one object on each line, its members the values of a row by column."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from service.tables.cells import values_of
from service.tables.chunks import Chunk, Kinds, checked_names
from service.tables.faults import Faults
from service.tables.limits import IngestLimits
from service.tables.media_types import JSON, NDJSON
from service.tables.pieces import FIRST_BYTES, Framing, Piece, line_end_of, pieces, text_of
from service.tables.sources import opened_text, refuse_other


class Line(NamedTuple):
    """A row, and the number of its line."""

    number: int
    row: dict[str, Any]


class NdjsonSource:
    """The columns are the members of the first object; the last one is the target."""

    def __init__(self, path: Path, limits: IngestLimits, faults: Faults) -> None:
        self._path = path
        self._limits = limits
        self._faults = faults
        self._keys = tuple(self._first_row())
        self.names = checked_names(self._keys, limits, faults)
        self.targets = self.names[-1:]

    def chunks(self, kinds: Kinds) -> Iterator[Chunk]:
        for piece, framing in framed_pieces(self._path, self._limits, self._faults):
            lines = list(self._lines(piece, framing))
            if lines:
                yield self._columns(lines, kinds)

    def _columns(self, lines: list[Line], kinds: Kinds) -> Chunk:
        values = []
        for at, (key, name) in enumerate(zip(self._keys, self.names, strict=True)):
            given = [line.row.get(key) for line in lines]

            def refuse(place: int, detail: str, name: str = name) -> None:
                self._faults.add(f"line {lines[place].number:,}, column {name!r}: {detail}")

            kinds[at], column = values_of(given, kinds[at], self._limits.missing, refuse)
            values.append(column)
        return values

    def _first_row(self) -> dict[str, Any]:
        for piece, framing in framed_pieces(self._path, self._limits, self._faults):
            for number, text in lines_of(piece, framing):
                return self._first_object(number, text)
        raise self._faults.stop("is empty")

    def _first_object(self, number: int, text: bytes) -> dict[str, Any]:
        try:
            row = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            hint = f"; JSON that goes over several lines is sent as {JSON}"
            raise self._faults.stop(f"line {number:,}: {not_json(error)}{hint}") from None
        if not isinstance(row, dict) or not row:
            raise self._faults.stop(f"line {number:,}: must be an object of values by column")
        return row

    def _lines(self, piece: Piece, framing: Framing) -> Iterator[Line]:
        known = frozenset(self._keys)
        for number, text in lines_of(piece, framing):
            try:
                row = orjson.loads(text)
            except orjson.JSONDecodeError as error:
                self._faults.add(f"line {number:,}: {not_json(error)}")
                continue
            if not isinstance(row, dict):
                self._faults.add(f"line {number:,}: must be an object of values by column")
            elif strange := row.keys() - known:
                name = min(strange)
                self._faults.add(f"line {number:,}: has a column {name!r} that the first has not")
            else:
                yield Line(number, row)


def framed_pieces(
    path: Path, limits: IngestLimits, faults: Faults
) -> Iterator[tuple[Piece, Framing]]:
    """The file in pieces of whole lines, in UTF-8; raises DataError."""
    with opened_text(path, faults, limits.unpacked_bytes) as read:
        head = read(FIRST_BYTES)
        refuse_other(head, NDJSON, faults)
        framing = Framing(line_end_of(head))
        for piece in pieces(read, framing, limits.line_bytes, faults, Piece(head, 1)):
            text_of(piece, framing, faults)
            yield piece, framing


def lines_of(piece: Piece, framing: Framing) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, each with its number."""
    for number, text in enumerate(piece.content.split(framing.line_end), piece.line):
        if text.strip():
            yield number, text


def not_json(error: orjson.JSONDecodeError) -> str:
    """What is wrong with a text that is not JSON."""
    return f"is not JSON, at its character {error.colno:,}: {error.msg}"
