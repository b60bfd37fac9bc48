"""JSON: an array of objects, `{"inputs": …, "targets": …}`, or `{"columns": {…}}`.

A document is one value, and read as a whole. What is larger than that allows comes as NDJSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from service.tables.cells import values_of
from service.tables.chunks import Chunk, Kinds, checked_names, rows_of_a_chunk
from service.tables.faults import Faults
from service.tables.json_forms import form_of
from service.tables.limits import IngestLimits
from service.tables.media_types import JSON, NDJSON
from service.tables.pieces import Framing, Piece, line_end_of, text_of
from service.tables.sources import BLOCK_BYTES, Read, opened_text, refuse_other

# What a byte of JSON takes at the most once it is read, as in [[],[],[]]. It must not run out of
# memory: orjson goes on for minutes then.
MEMORY_PER_BYTE = 40


class JsonSource:
    """The columns of a document, whichever of the three forms it has."""

    def __init__(self, path: Path, limits: IngestLimits, faults: Faults) -> None:
        self._limits = limits
        self._faults = faults
        self._form = form_of(_document(path, limits, faults), faults)
        self.names = checked_names(self._form.names, limits, faults)
        self.targets = self.names[len(self.names) - self._form.targets :]

    def chunks(self, kinds: Kinds) -> Iterator[Chunk]:
        size = rows_of_a_chunk(len(self.names))
        for start in range(0, self._form.rows, size):
            stop = min(start + size, self._form.rows)
            yield [self._column(place, start, stop, kinds) for place in range(len(self.names))]

    def _column(self, place: int, start: int, stop: int, kinds: Kinds) -> Any:
        def refuse(row: int, detail: str) -> None:
            self._faults.add(detail, self._form.pointer(place, start + row))

        given = self._form.values(place, start, stop)
        kinds[place], values = values_of(given, kinds[place], self._limits.missing, refuse)
        return values


def _whole(read: Read, most: int) -> bytes:
    """All bytes, or so many that they are more than `most`."""
    blocks, size = [], 0
    while size <= most and (block := read(BLOCK_BYTES)):
        blocks.append(block)
        size += len(block)
    return b"".join(blocks)


def _document(path: Path, limits: IngestLimits, faults: Faults) -> Any:
    most = limits.memory_bytes // MEMORY_PER_BYTE
    with opened_text(path, faults, limits.unpacked_bytes) as read:
        content = _whole(read, most)
    if len(content) > most:
        raise faults.stop(
            f"is longer than the {most:,} bytes that a JSON document may have; send one object on "
            f"each line, as {NDJSON}"
        )
    refuse_other(content[:BLOCK_BYTES], JSON, faults)
    if not content.strip():
        raise faults.stop("is empty")
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        text_of(Piece(content, 1), Framing(line_end_of(content)), faults)
        hint = f"; one object on each line is sent as {NDJSON}" if error.lineno == 2 else ""
        where = f"line {error.lineno:,}, character {error.colno:,}"
        raise faults.stop(f"{where}: is not JSON: {error.msg}{hint}") from None
