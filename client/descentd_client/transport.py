"""From our requests to those of httpx, and from its answers and errors to ours."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import httpx

from descentd_client.settings import CONNECT_SECONDS, Settings
from descentd_client.wire import Answer, Broken, Request

PIECE_BYTES = 1024 * 1024
Content = bytes | Iterable[bytes] | AsyncIterable[bytes] | None

# Before these the service has heard nothing of the request.
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def headers(settings: Settings) -> dict[str, str]:
    """What every request carries."""
    carried = {"Accept": "application/json", "User-Agent": f"descentd-client/{_version()}"}
    if settings.key is not None:
        carried["Authorization"] = f"Bearer {settings.key}"
    return carried


def _version() -> str:
    try:
        return version("descentd-client")
    except PackageNotFoundError:
        return "unknown"  # run from a folder, not installed


def arguments(settings: Settings, request: Request, content: Content) -> dict[str, Any]:
    """What httpx builds its request of; ``content`` stands for the request's own, a file too."""
    given = dict(request.headers)
    if isinstance(request.content, Path):
        given["Content-Length"] = str(request.content.stat().st_size)
    waited = settings.timeout + request.patience
    return {
        "method": request.method,
        "url": settings.url + request.path,
        "params": dict(request.query) or None,
        "headers": {**headers(settings), **given},
        "content": content,
        "timeout": httpx.Timeout(waited, connect=min(CONNECT_SECONDS, settings.timeout)),
    }


def answer_of(response: httpx.Response, content: bytes) -> Answer:
    named = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, named, content)


def broken_by(error: httpx.RequestError) -> Broken:
    reason = str(error) or type(error).__name__
    return Broken(reason, was_sent=not isinstance(error, UNSENT))
