"""The bytes of a file as sent: what they look like, and unpacked where they are packed by gzip."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from service.tables.faults import Faults
from service.tables.media_types import JSON, NDJSON

BLOCK_BYTES = 1024 * 1024
GZIP = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
GZIP_WINDOW = 16 + zlib.MAX_WBITS

# What a file begins with says more than the name or the media type it comes under.
BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (GZIP, "a file packed by gzip"),
    (b"PAR1", "a Parquet file"),
    (b"PK\x03\x04", "a ZIP archive, as NPZ files and spreadsheets are"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x93NUMPY", "an NPY file"),
    (b"ARROW1", "an Arrow file"),
    (b"\x28\xb5\x2f\xfd", "a file packed by zstd"),
    (b"BZh", "a file packed by bzip2"),
    (b"\xfd7zXZ", "a file packed by xz"),
    (b"\x89HDF", "an HDF5 file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
)

TEXT_OF_OBJECTS = "JSON"
Read = Callable[[int], bytes]


def what_begins(head: bytes) -> str | None:
    """What a file with this beginning is, if that can be told."""
    for beginning, name in BEGINNINGS:
        if head.startswith(beginning):
            return name
    text = head.removeprefix(BYTE_ORDER_MARK).lstrip()
    if text[:1] in (b"{", b"["):
        return TEXT_OF_OBJECTS
    return "a web page" if text[:1] == b"<" else None


def refuse_other(head: bytes, media_type: str, faults: Faults) -> None:
    """Raises DataError if a file that is to hold CSV, JSON or NDJSON begins as something else."""
    what = what_begins(head)
    if what is not None and not (what == TEXT_OF_OBJECTS and media_type in (JSON, NDJSON)):
        raise faults.stop(f"was sent as {media_type}, and looks like {what}")


def beginning(path: Path) -> bytes:
    """The first bytes of a file as they are."""
    with path.open("rb") as file:
        return file.read(64)


@contextmanager
def opened_text(path: Path, faults: Faults, most_bytes: int) -> Iterator[Read]:
    """What reads the text of a file piece by piece: without byte order mark, unpacked if packed.

    It raises DataError where the packed bytes are broken or unpack to more than `most_bytes`.
    """
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
        file.seek(0)
        read = Unpacked(file, faults, most_bytes).read if packed else file.read
        yield _without_mark(read)


def _without_mark(read: Read) -> Read:
    head = read(BLOCK_BYTES)
    while 0 < len(head) < len(BYTE_ORDER_MARK) and (more := read(BLOCK_BYTES)):
        head += more
    head = head.removeprefix(BYTE_ORDER_MARK)

    def reading(size: int) -> bytes:
        nonlocal head
        if not head:
            return read(size)
        first, head = head[:size], head[size:]
        return first

    return reading


class Unpacked:
    """Reads what gzip packed, block by block, never holding more than about one block."""

    def __init__(self, file: BinaryIO, faults: Faults, most_bytes: int) -> None:
        self._file = file
        self._faults = faults
        self._left = most_bytes
        self._most = most_bytes
        self._member = zlib.decompressobj(GZIP_WINDOW)
        self._waiting = b""

    def read(self, size: int) -> bytes:
        """At most `size` bytes, none at the end; raises DataError."""
        while True:
            self._waiting = self._waiting or self._file.read(BLOCK_BYTES)
            ended = not self._waiting
            unpacked = self._unpack(size)  # at the end too: zlib may hold some back
            if unpacked:
                self._count(len(unpacked))
                return unpacked
            if ended and not self._member.eof:
                raise self._faults.stop("ends in the middle of what gzip packed: it is cut off")
            if ended:
                return b""

    def _unpack(self, size: int) -> bytes:
        if self._member.eof:  # gzip files may be joined, and filled up with zeros
            self._waiting = self._waiting.lstrip(b"\0")
            if not self._waiting:
                return b""
            self._member = zlib.decompressobj(GZIP_WINDOW)
        try:
            unpacked = self._member.decompress(self._waiting, size)
        except zlib.error as error:
            raise self._faults.stop(f"is not what gzip packs: {error}") from None
        member = self._member
        self._waiting = member.unused_data if member.eof else member.unconsumed_tail
        return unpacked

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise self._faults.stop(f"unpacks to more than the {self._most:,} bytes allowed")
