"""Answers made smaller on the way out, in a coding that the client takes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import zstandard
from flask import Flask, Response, request

ZSTD, GZIP, IDENTITY = "zstd", "gzip", "identity"
LEVEL = 1
GZIP_WINDOW = 16 + zlib.MAX_WBITS
# Below this an answer fits into one packet anyway
LEAST_BYTES = 1024
# Not event streams: what is told there must not wait in a coder
COMPRESSIBLE = frozenset(
    {
        "application/json",
        "application/problem+json",
        "application/x-ndjson",
        "image/svg+xml",
        "text/css",
        "text/csv",
        "text/html",
        "text/javascript",
    }
)


class Coder(Protocol):
    """What takes bytes and gives fewer; `flush` gives all that it still holds."""

    def compress(self, data: bytes) -> bytes: ...

    def flush(self, mode: int = ...) -> bytes: ...


def register(app: Flask) -> None:
    """Have the answers of `app` compressed where that is worth it."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in COMPRESSIBLE or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    if "Accept-Encoding" not in request.headers or not _is_worth_it(response):
        return response
    coding = _chosen()
    if coding == IDENTITY:
        return response
    if response.is_streamed:
        response.response = _pieces(coding, response.iter_encoded())
        response.headers.pop("Content-Length", None)  # of the bytes as they were
    else:
        response.set_data(_whole(coding, response.get_data()))
    response.content_encoding = coding
    _weaken_tag(response)
    return response


def _chosen() -> str:
    """The coding of the greatest quality the client gives; of equals the one that is quickest."""
    accepted = request.accept_encodings
    asked = {coding: accepted.quality(coding) for coding in (ZSTD, GZIP, IDENTITY)}
    best = max(asked, key=lambda coding: asked[coding])
    return best if asked[best] > 0 else IDENTITY


def _is_worth_it(response: Response) -> bool:
    if response.status_code in (204, 206, 304) or response.content_encoding:
        return False
    return response.is_streamed or len(response.get_data()) >= LEAST_BYTES


def _whole(coding: str, content: bytes) -> bytes:
    coder, _ = _coder(coding)
    return coder.compress(content) + coder.flush()


def _pieces(coding: str, content: Iterable[bytes]) -> Iterator[bytes]:
    """Each piece can be read as soon as it comes."""
    coder, flush_piece = _coder(coding)
    for piece in content:
        yield coder.compress(piece) + coder.flush(flush_piece)
    yield coder.flush()


def _coder(coding: str) -> tuple[Coder, int]:
    """A coder, and its mode of a flush after which more may come."""
    if coding == ZSTD:
        compressor = zstandard.ZstdCompressor(level=LEVEL)
        return compressor.compressobj(), zstandard.COMPRESSOBJ_FLUSH_BLOCK
    return zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP_WINDOW), zlib.Z_SYNC_FLUSH


def _weaken_tag(response: Response) -> None:
    """A strong tag is of the bytes as they are sent, and these are others now."""
    tag, is_weak = response.get_etag()
    if tag is not None and not is_weak:
        response.set_etag(tag, weak=True)
