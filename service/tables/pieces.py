"""A text file in pieces that end where a line ends, or a record whose values may hold lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from service.tables.faults import Faults
from service.tables.sources import Read

FIRST_BYTES = 256 * 1024
PIECE_BYTES = 8 * 1024 * 1024
NEW_LINE, CARRIAGE_RETURN = b"\n", b"\r"


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole records, and the number of the line that the first of them begins on."""

    content: bytes
    line: int


@dataclass(frozen=True, slots=True)
class Framing:
    """How records are told apart. Without `quote` a line is a record."""

    line_end: bytes = NEW_LINE
    delimiter: bytes = b","
    quote: bytes = b""


def line_end_of(head: bytes) -> bytes:
    """What ends a line: a carriage return only where there is no line feed, as on old Macs."""
    return CARRIAGE_RETURN if CARRIAGE_RETURN in head and NEW_LINE not in head else NEW_LINE


def pieces(
    read: Read, framing: Framing, line_bytes: int, faults: Faults, start: Piece = Piece(b"", 1)
) -> Iterator[Piece]:
    """What `start` holds and `read` goes on with, a small piece first, the last one without a line
    end maybe.

    Raises DataError where a record is longer than `line_bytes` or holds a NUL byte.
    """
    rest, line, wanted = start.content, start.line, min(FIRST_BYTES, line_bytes + 1)
    ended = False
    while not ended:
        rest, ended = _filled(rest, read, wanted)
        _refuse_nul(Piece(rest, line), framing, faults)
        cut = len(rest) if ended else _end_of_records(rest, framing)
        if cut == 0 and len(rest) > line_bytes:
            raise faults.stop(
                f"line {line:,}: the line or quoted value that begins here is longer than the "
                f"{line_bytes:,} bytes allowed"
            )
        if cut:
            piece = Piece(rest[:cut], line)
            if ended:
                _refuse_open_quote(piece, framing, faults)
            yield piece
            line += piece.content.count(framing.line_end)
        rest = rest[cut:]
        # Never more than may be one line: what has no end in it is then known to be too long
        wanted = min(max(PIECE_BYTES, 2 * len(rest)), line_bytes + 1)


def _filled(content: bytes, read: Read, size: int) -> tuple[bytes, bool]:
    """The content with more behind it, up to about `size` bytes; and whether that is all."""
    blocks, held = [content], len(content)
    while held < size:
        block = read(size - held)
        if not block:
            return b"".join(blocks), True
        blocks.append(block)
        held += len(block)
    return b"".join(blocks), False


def _end_of_records(content: bytes, framing: Framing) -> int:
    """Where the last whole record ends; 0 if none does."""
    if not framing.quote or framing.quote not in content:
        return content.rfind(framing.line_end) + 1
    letters = np.frombuffer(content, np.uint8)
    quotes = _structural(letters, framing)
    ends = np.flatnonzero(letters == framing.line_end[0])
    outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0


def _structural(letters: np.ndarray, framing: Framing) -> np.ndarray:
    """Where the quotes are that open or close a value: every second one opens.

    A quote in the middle of a value that did not begin with one is a letter like any other.
    """
    quotes = np.flatnonzero(letters == framing.quote[0])
    before = np.frombuffer(framing.delimiter + NEW_LINE + CARRIAGE_RETURN, np.uint8)
    starting = (quotes == 0) | np.isin(letters[quotes - 1], before)
    # Of two in a row within a value the second opens it anew
    opening = starting | (np.diff(quotes, prepend=-1) == 1)
    if opening[::2].all():
        return quotes
    kept: list[int] = []
    for position, starts in zip(quotes.tolist(), starting.tolist(), strict=True):
        inside = len(kept) % 2 == 1
        if inside or starts or (kept and kept[-1] == position - 1):
            kept.append(position)
    return np.array(kept, np.int64)


def _refuse_open_quote(piece: Piece, framing: Framing, faults: Faults) -> None:
    if not framing.quote or framing.quote not in piece.content:
        return
    quotes = _structural(np.frombuffer(piece.content, np.uint8), framing)
    if len(quotes) % 2 == 1:
        line = piece.line + piece.content.count(framing.line_end, 0, int(quotes[-1]))
        raise faults.stop(f"line {line:,}: a quote opens a value and no quote closes it")


def _refuse_nul(piece: Piece, framing: Framing, faults: Faults) -> None:
    place = piece.content.find(b"\0")
    if place >= 0:
        line = piece.line + piece.content.count(framing.line_end, 0, place)
        raise faults.stop(f"line {line:,}: holds a NUL byte, which no text does")


def text_of(piece: Piece, framing: Framing, faults: Faults) -> str:
    """The piece as text; raises DataError naming the first byte that is not UTF-8."""
    try:
        return piece.content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = piece.line + piece.content.count(framing.line_end, 0, error.start)
        began = piece.content.rfind(framing.line_end, 0, error.start) + 1
        byte = piece.content[error.start]
        raise faults.stop(
            f"line {line:,}, byte {error.start - began + 1:,}: 0x{byte:02x} is not UTF-8; "
            "save the file in UTF-8"
        ) from None
