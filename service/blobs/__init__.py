"""Bytes kept outside the database: as files of this machine, or in a store that many share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.blobs.files import FileBlobs
from service.blobs.interface import Blobs, StoreError

if TYPE_CHECKING:
    from service.config import Config

__all__ = ["Blobs", "FileBlobs", "StoreError", "open_blobs"]


def open_blobs(config: Config) -> Blobs:
    """The blobs that the settings name. Nothing is connected yet."""
    if not config.blobs_url:
        return FileBlobs(config.data_dir / "blobs")
    # Its client library takes a third of a second and 40 MB, which files do without
    from service.blobs.cache import Cache
    from service.blobs.s3 import S3Blobs

    return S3Blobs(config.blobs_url, Cache(config.data_dir / "cache", config.cache_bytes))
