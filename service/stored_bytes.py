"""Bytes that belong to a row: in it while they are small, as a blob that it names when large."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from service.blobs import Blobs

MOST_IN_A_ROW = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """What a row holds of its bytes: all of them, or the name of the blob they are."""

    content: bytes
    blob: str | None = None


def put(blobs: Blobs, folder: str, job_id: str, content: bytes) -> StoredBytes:
    """Make bytes fit for a row that is still to be written.

    A blob's name was never used before. If the row is not written after all, nothing names the
    blob, and it is cleared away in time.
    """
    if len(content) <= MOST_IN_A_ROW:
        return StoredBytes(content)
    name = f"{folder}/{job_id}_{secrets.token_hex(8)}"
    blobs.put(name, content)
    return StoredBytes(b"", name)


def read(blobs: Blobs, content: bytes, blob: str | None) -> bytes:
    """The bytes of a row; raises FileNotFoundError where its blob is gone."""
    if blob is None:
        return content
    with blobs.open(blob) as file:
        return file.read()
