"""CSV: the usual piece is read by pyarrow as what it was found to be; one that does not fit is read
as text, to learn why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from engine.table import Kind
from service.tables import kinds as reading
from service.tables.chunks import Chunk, Kinds, checked_names, position_names
from service.tables.csv_dialect import (
    dialect_of,
    hint_of_delimiter,
    records_of,
)
from service.tables.faults import Faults, counted
from service.tables.kinds import Values
from service.tables.limits import IngestLimits
from service.tables.media_types import CSV
from service.tables.pieces import FIRST_BYTES, Framing, Piece, line_end_of, pieces, text_of
from service.tables.sources import opened_text, refuse_other

BLOCK_BYTES = 1024 * 1024
GUESSED = (Kind.NUMBER, Kind.BOOLEAN, Kind.DATE)
# Dates are read as text: pyarrow wants a zone with each or with none.
READ_AS: Mapping[Kind | None, Any] = {
    None: pa.float64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.string(),
    Kind.TEXT: pa.string(),
}


class CsvSource:
    """Columns of the kinds that fit all their values; the last one is the target."""

    def __init__(self, path: Path, limits: IngestLimits, faults: Faults) -> None:
        self._path = path
        self._limits = limits
        self._faults = faults
        sample, line_end = self._sample()
        self._dialect = dialect_of(sample, line_end, limits)
        header = self._dialect.header or position_names(self._dialect.width)
        self.names = checked_names(header, limits, faults)
        self.targets = self.names[-1:]
        self._places = [str(place) for place in range(len(self.names))]
        if len(self.names) == 1:
            self._refuse_other_delimiters(sample)

    def chunks(self, kinds: Kinds) -> Iterator[Chunk]:
        for piece in self._pieces():
            if not piece.content or piece.content.isspace():
                continue
            if (values := self._as_known(piece, kinds)) is None:
                values = self._as_text(piece, kinds)
            self._judge(piece, kinds, values)
            yield values

    def _sample(self) -> tuple[str, bytes]:
        """The text that the file begins with, and what ends its lines."""
        limits, faults = self._limits, self._faults
        with opened_text(self._path, faults, limits.unpacked_bytes) as read:
            head = read(FIRST_BYTES)
            refuse_other(head, CSV, faults)
            framing = Framing(line_end_of(head))
            start = Piece(head, 1)
            piece = next(pieces(read, framing, limits.line_bytes, faults, start), start)
        text = text_of(piece, framing, faults)
        if not text.strip():
            raise faults.stop("is empty")
        return text, framing.line_end

    def _refuse_other_delimiters(self, sample: str) -> None:
        records = [record.cells[0] for record in records_of(sample, *self._marks)]
        hint = hint_of_delimiter(records)
        if hint is not None:
            raise self._faults.stop(
                f"has one column only, with {hint} in each line: values must be parted by "
                "a comma, a semicolon, a tab or a |"
            )

    @property
    def _marks(self) -> tuple[str, str]:
        return self._dialect.delimiter, self._dialect.quote

    def _pieces(self) -> Iterator[Piece]:
        limits, framing = self._limits, self._dialect.framing
        with opened_text(self._path, self._faults, limits.unpacked_bytes) as read:
            header_lines = self._dialect.header_lines
            for piece in pieces(read, framing, limits.line_bytes, self._faults):
                yield _without_lines(piece, header_lines, framing)
                header_lines = 0

    def _as_known(self, piece: Piece, kinds: Kinds) -> Chunk | None:
        """The piece's columns, if they are what is known so far."""
        types = {place: READ_AS[kind] for place, kind in zip(self._places, kinds, strict=True)}
        try:
            table = self._read(piece, types, BLOCK_BYTES)
        except pa.ArrowInvalid:
            return None
        values: list[Values] = []
        for at, kind in enumerate(kinds):
            value = self._value_of(table.column(at), kind)
            if value is None:
                return None
            values.append(value)
        for at, value in enumerate(values):
            if kinds[at] is None and value.null_count < len(value):
                kinds[at] = Kind.NUMBER
        return values

    def _value_of(self, column: Any, kind: Kind | None) -> Values | None:
        if kind is Kind.BOOLEAN:
            return pc.cast(column, pa.float64())
        if kind is Kind.TEXT:
            return self._texts(column)
        return reading.dates(self._texts(column)) if kind is Kind.DATE else column

    def _as_text(self, piece: Piece, kinds: Kinds) -> Chunk:
        """The piece's columns; `kinds` is changed where it did not fit them."""
        text = text_of(piece, self._dialect.framing, self._faults)
        ragged: list[Any] = []
        types = dict.fromkeys(self._places, pa.string())
        table = self._read(piece, types, len(piece.content) + 1, ragged)
        if ragged:
            self._name_ragged(text, piece.line)
        values = []
        for at, known in enumerate(kinds):
            kinds[at], value = reading.read_as(known, self._texts(table.column(at)), GUESSED)
            values.append(value)
        return values

    def _texts(self, column: Any) -> Values:
        return reading.without_marks(pc.utf8_trim_whitespace(column), self._limits.missing)

    def _read(
        self, piece: Piece, types: Mapping[str, Any], block: int, ragged: list[Any] | None = None
    ) -> Any:
        """The piece as a pyarrow table; what is in `ragged` afterwards was left out of it."""

        def skip(row: Any) -> str:
            assert ragged is not None
            ragged.append(row.actual_columns)
            return "skip"

        delimiter, quote = self._marks
        return csv.read_csv(
            pa.BufferReader(piece.content),
            csv.ReadOptions(
                use_threads=ragged is None, block_size=block, column_names=self._places
            ),
            csv.ParseOptions(
                delimiter=delimiter,
                quote_char=quote,
                newlines_in_values=quote.encode() in piece.content,
                invalid_row_handler=None if ragged is None else skip,
            ),
            csv.ConvertOptions(
                column_types=types,
                null_values=self._limits.missing,
                true_values=["true", "True", "TRUE"],
                false_values=["false", "False", "FALSE"],
            ),
        )

    def _name_ragged(self, text: str, line: int) -> None:
        width = len(self.names)
        for record in records_of(text, *self._marks):
            cells = len(record.cells)
            if cells != width:
                where = f"line {line + record.first_line - 1:,}"
                columns = "column is" if width == 1 else "columns are"
                detail = f"has {counted(cells, 'value')}, where {width:,} {columns}"
                self._faults.add_ragged(f"{where}: {detail}")

    def _judge(self, piece: Piece, kinds: Kinds, values: Chunk) -> None:
        """Refuse numbers beyond float64, or written as infinite."""
        for at, value in enumerate(values):
            if kinds[at] is Kind.NUMBER and reading.may_hold_infinite(value):
                self._refuse(piece, at, reading.infinite_rows(value), "is not a finite number")

    def _refuse(self, piece: Piece, at: int, rows: Sequence[int], detail: str) -> None:
        """Note a fault for the cells of a column in these rows of the piece."""
        text = text_of(piece, self._dialect.framing, self._faults)
        records = [r for r in records_of(text, *self._marks) if len(r.cells) == len(self.names)]
        for row in rows:
            line = piece.line + records[row].first_line - 1
            cell = records[row].cells[at].strip()
            self._faults.add(f"line {line:,}, column {self.names[at]!r}: {cell!r} {detail}")


def _without_lines(piece: Piece, lines: int, framing: Framing) -> Piece:
    """The piece from the line after so many on."""
    if lines == 0:
        return piece
    ends = re.finditer(rb"\r\n|\r|\n", piece.content)
    end = next(islice(ends, lines - 1, None), None)
    kept = piece.content[end.end() :] if end else b""
    skipped = piece.content[: len(piece.content) - len(kept)]
    return Piece(kept, piece.line + skipped.count(framing.line_end))
