"""How a CSV file is written: what parts and quotes values, and whether columns have names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from service.tables.limits import IngestLimits
from service.tables.pieces import Framing

# Where two fit equally well the first is taken: a comma is met within values more than the others.
DELIMITERS = ("\t", ";", "|", ",")
QUOTES = ('"', "'")
# What people also part values by, and what a hint may name.
OTHER_DELIMITERS = {
    " ": "a space",
    ":": "a colon",
    "^": "a ^",
    "~": "a ~",
    "\x01": "a control sign",
}
SAMPLED_RECORDS = 200
VALUE_THAT_IS_NO_NAME = re.compile(
    r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|true|false|\d{4}-\d\d-\d\d([T ].*)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to write CSV. `header` holds the cells of the first record, if it names the columns;
    `width` is how many columns there are, `header_lines` on how many lines their names stand.
    """

    delimiter: str
    quote: str
    line_end: bytes
    width: int
    header: tuple[str, ...] | None
    header_lines: int

    @property
    def framing(self) -> Framing:
        return Framing(self.line_end, self.delimiter.encode(), self.quote.encode())


def dialect_of(sample: str, line_end: bytes, limits: IngestLimits) -> Dialect:
    """The dialect of a text that begins like this; it holds at least one record."""
    quote = _quote_of(sample)
    delimiter = _delimiter_of(sample, quote)
    first, *body = islice(records_of(sample, delimiter, quote), 1 + SAMPLED_RECORDS)
    named = _names_columns(first.cells, [record.cells for record in body], limits)
    return Dialect(
        delimiter=delimiter,
        quote=quote,
        line_end=line_end,
        width=len(first.cells),
        header=tuple(first.cells) if named else None,
        header_lines=first.last_line if named else 0,
    )


class Record(NamedTuple):
    """The cells of a record, and the lines, from 1, that it begins and ends on."""

    first_line: int
    last_line: int
    cells: list[str]


def records_of(text: str, delimiter: str, quote: str) -> Iterator[Record]:
    """Every record that is not an empty line."""
    csv.field_size_limit(len(text) + 1)  # a value is as long as it is
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote)
    line = 0
    for cells in reader:
        if cells:
            yield Record(line + 1, reader.line_num, cells)
        line = reader.line_num


def hint_of_delimiter(records: Sequence[str]) -> str | None:
    """What seems to part the values of records that hold none of the known delimiters."""
    for delimiter, name in OTHER_DELIMITERS.items():
        counts = {record.count(delimiter) for record in records}
        if len(records) > 1 and len(counts) == 1 and counts != {0}:
            return name
    return None


def _quote_of(sample: str) -> str:
    """The quote that most values begin and end with; the usual one where none do."""
    edges = "".join(map(re.escape, DELIMITERS))

    def quoted(quote: str) -> int:
        whole = rf"(?:^|[{edges}]){quote}[^{quote}\r\n]*{quote}(?=[{edges}\r\n]|$)"
        return len(re.findall(whole, sample, re.MULTILINE))

    return max(QUOTES, key=quoted)


def _delimiter_of(sample: str, quote: str) -> str:
    """The delimiter by which most records have as many values as the first, and more than one."""

    def fit(delimiter: str) -> int:
        sampled = islice(records_of(sample, delimiter, quote), SAMPLED_RECORDS)
        widths = [len(record.cells) for record in sampled]
        return widths.count(widths[0]) if widths[0] > 1 else 0

    fits = {delimiter: fit(delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: fits[delimiter])
    return best if fits[best] else ","


def _names_columns(first: list[str], body: list[list[str]], limits: IngestLimits) -> bool:
    """Whether the first record holds names: none of its cells is a value, or one is a text above
    values alone.
    """
    cells = [cell.strip() for cell in first]
    names = [bool(cell) and not _is_value(cell) and cell not in limits.missing for cell in cells]
    if all(name or not cell for name, cell in zip(names, cells, strict=True)):
        return any(names)
    return any(name and _holds_values(body, at, limits) for at, name in enumerate(names))


def _holds_values(body: list[list[str]], at: int, limits: IngestLimits) -> bool:
    cells = [record[at].strip() for record in body if at < len(record)]
    present = [cell for cell in cells if cell not in limits.missing]
    return bool(present) and all(map(_is_value, present))


def _is_value(cell: str) -> bool:
    return VALUE_THAT_IS_NO_NAME.fullmatch(cell) is not None
