"""The calls about datasets: upload, look at, list, fetch, remove."""

from __future__ import annotations

import os
from pathlib import Path

from descentd_client.asking import Core, asked, get, pages, path, removed
from descentd_client.bodies import fresh_key, media_type_of
from descentd_client.types import DatasetShown, DatasetSummary
from descentd_client.wire import Flow, Request, Stream

# How long the service may read and judge the data after their last byte.
PATIENCE_SECONDS = 600.0


def upload(
    core: Core,
    data: os.PathLike[str] | bytes,
    media_type: str | None = None,
    idempotency_key: str | None = None,
) -> Flow[DatasetShown]:
    """Send a file, read as it is sent, or bytes; a break begins it anew, under the same key."""
    if isinstance(data, bytes):
        content: bytes | Path = data
        kind = media_type or "text/csv"
    else:
        content = Path(data)
        kind = media_type or media_type_of(data)
    headers = {"Content-Type": kind, "Idempotency-Key": idempotency_key or fresh_key()}
    request = Request(
        "POST", path("datasets"), headers=headers, content=content, patience=PATIENCE_SECONDS
    )
    return (yield from asked(core, request, DatasetShown))


def show(core: Core, dataset_id: str) -> Flow[DatasetShown]:
    return (yield from asked(core, get(path("datasets", dataset_id)), DatasetShown))


def every(core: Core, limit: int | None) -> Stream[DatasetSummary]:
    return (yield from pages(core, path("datasets"), {}, limit))


def remove(core: Core, dataset_id: str) -> Flow[None]:
    yield from removed(core, path("datasets", dataset_id))
