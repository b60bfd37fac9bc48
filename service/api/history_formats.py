"""Rows of a history as JSON, CSV or NDJSON, piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from service.api.responses import json_bytes
from service.history import COLUMNS, Columns, Rows, Span

Pages = Iterable[Rows]
ColumnPages = Iterable[Columns]


def json_rows(pages: Pages, span: Span) -> Iterator[bytes]:
    yield b'{"data":['
    separator = b""
    for page in pages:
        if page:
            yield separator + _inside([dict(zip(COLUMNS, row, strict=True)) for row in page])
            separator = b","
    yield b"]," + _following(span)


def json_columns(pages: ColumnPages, span: Span) -> Iterator[bytes]:
    """Each column as one array. Only their text is held: the rows would be four times as large."""
    columns: dict[str, list[bytes]] = {name: [] for name in COLUMNS}
    for page in pages:
        for name, values in zip(COLUMNS, page, strict=False):
            columns[name].append(_inside(values))
    opening = b'{"columns":{'
    for name, texts in columns.items():
        yield opening + json_bytes(name) + b":["
        yield b",".join(texts)
        opening = b"],"
    yield b"]}," + _following(span)


def csv(pages: Pages, _span: Span) -> Iterator[bytes]:
    yield f"{','.join(COLUMNS)}\r\n".encode()
    for page in pages:
        yield "".join(f"{','.join(map(_cell, row))}\r\n" for row in page).encode()


def ndjson(pages: Pages, _span: Span) -> Iterator[bytes]:
    for page in pages:
        yield b"".join(json_bytes(dict(zip(COLUMNS, row, strict=True))) + b"\n" for row in page)


def _inside(values: object) -> bytes:
    """An array's members, without its brackets."""
    return json_bytes(values)[1:-1]


def _following(span: Span) -> bytes:
    return json_bytes({"has_more": span.has_more, "next": span.next})[1:]


def _cell(value: float | bool | None) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else repr(value)
