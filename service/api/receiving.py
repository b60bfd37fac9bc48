"""The body of an upload: into a file as it arrives, never whole in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import BinaryIO

import orjson
from flask import request
from werkzeug.exceptions import BadRequest, LengthRequired
from werkzeug.http import parse_options_header

from service.api.parts import FileHead, file_of
from service.api.requests import pieces_of_body, require_identity, require_text, too_large
from service.digests import HEADER, Digests
from service.errors import Unsupported
from service.schemas.jobs import MAX_NAME
from service.tables.media_types import CSV, JSON, MEDIA_TYPES, NDJSON, NPZ, PARQUET

GZIP = "gzip"
TEXTS = (CSV, JSON, NDJSON)
MULTIPART = "multipart/form-data"
UNTOLD = ("", "application/octet-stream", "text/plain", "application/gzip", "application/x-gzip")
ENDINGS = {
    ".csv": CSV,
    ".txt": CSV,
    ".tsv": CSV,
    ".json": JSON,
    ".ndjson": NDJSON,
    ".jsonl": NDJSON,
    ".parquet": PARQUET,
    ".npz": NPZ,
}
GZIP_BEGINS = b"\x1f\x8b"
# What a multipart body may hold beside its file
WRAPPING_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A file that arrived whole. `encoding` is gzip where its bytes are packed by it."""

    path: Path
    media_type: str
    encoding: str | None
    sha256: str
    size_bytes: int
    name: str | None

    def identity(self, target: str | None) -> str:
        """What tells this upload from another one, framed and packed as it may have been."""
        told = [self.sha256, self.media_type, self.name, target]
        return hashlib.sha256(orjson.dumps(told)).hexdigest()


def receive(path: Path, most_bytes: int) -> Received:
    """Write the body, or the file in it, to `path`.

    Raises Unsupported, TooLarge, Mismatch, Invalid, LengthRequired, or BadRequest where it is cut
    off.
    """
    require_text(*MEDIA_TYPES, MULTIPART)
    digests = Digests(request.headers.get(HEADER))
    if request.mimetype == MULTIPART:
        require_identity()
        pieces = _counted(pieces_of_body(most_bytes + WRAPPING_BYTES), digests)
        return _received_part(path, _bounded(file_of(pieces), most_bytes), digests)
    _require_known_coding(request.mimetype)
    _require_a_known_end()
    with path.open("xb") as file:
        size, sha256 = _write(file, _counted(pieces_of_body(most_bytes), digests))
    digests.check()
    encoding = _encoding(path, request.mimetype)
    if request.headers.get("Content-Encoding", "").lower() == GZIP and encoding is None:
        raise BadRequest("The body is not packed by gzip, as its content encoding says.")
    return Received(path, request.mimetype, encoding, sha256, size, None)


def _received_part(path: Path, part: Iterator[FileHead | bytes], digests: Digests) -> Received:
    with path.open("xb") as file:
        head = next(part)
        assert isinstance(head, FileHead), "the bytes of a part come after its head"
        media_type = _media_type(head)
        size, sha256 = _write(file, (piece for piece in part if isinstance(piece, bytes)))
    digests.check()
    encoding = _encoding(path, media_type)
    return Received(path, media_type, encoding, sha256, size, _name(head.name))


def _bounded(part: Iterator[FileHead | bytes], most_bytes: int) -> Iterator[FileHead | bytes]:
    size = 0
    for piece in part:
        size += len(piece) if isinstance(piece, bytes) else 0
        if size > most_bytes:
            raise too_large(most_bytes)
        yield piece


def _require_known_coding(media_type: str) -> None:
    if request.headers.get("Content-Encoding", "").lower() == GZIP:
        if media_type in TEXTS:
            return
        raise Unsupported(f"A body in {media_type} must not be packed once more.")
    require_identity()


def _require_a_known_end() -> None:
    # The server tells of a chunked body that was cut off as it tells of one that is whole
    if request.content_length is None and HEADER not in request.headers:
        raise LengthRequired(
            f"A body without Content-Length could lose its end unseen: send that, or {HEADER}."
        )


def _counted(pieces: Iterable[bytes], digests: Digests) -> Iterator[bytes]:
    for piece in pieces:
        digests.update(piece)
        yield piece


def _write(file: BinaryIO, pieces: Iterable[bytes]) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    for piece in pieces:
        file.write(piece)
        digest.update(piece)
        size += len(piece)
    return size, digest.hexdigest()


def _encoding(path: Path, media_type: str) -> str | None:
    with path.open("rb") as file:
        is_packed = file.read(len(GZIP_BEGINS)) == GZIP_BEGINS
    return GZIP if is_packed and media_type in TEXTS else None


def _media_type(head: FileHead) -> str:
    """By what the part says, or else by how the name of its file ends."""
    told = str(parse_options_header(head.headers.get("Content-Type", ""))[0])
    if told in MEDIA_TYPES:
        return told
    ending = PureWindowsPath(head.name.lower().removesuffix(".gz")).suffix
    if told not in UNTOLD or ending not in ENDINGS:
        known = ", ".join(MEDIA_TYPES)
        raise Unsupported(f"The file must be one of {known}; its media type is {told or 'none'}.")
    return ENDINGS[ending]


def _name(file_name: str) -> str | None:
    """What a file is called, for people: the last part, in whichever system's spelling."""
    name = PureWindowsPath(file_name).name[:MAX_NAME]
    return name if name.isprintable() and name else None
