"""The application sees the request, and nothing of the process it runs in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cli.environ_filter import EnvironFilter

PROCESS = {
    "PATH": "/bin",
    "DESCENTD_DATABASE_URL": "postgresql://user:secret@db/app",
    "HTTP_AUTHORIZATION": "Bearer planted",
    "CONTENT_LENGTH": "7",
    "REMOTE_ADDR": "10.0.0.1",
}
REQUEST = {"REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "REMOTE_ADDR": "127.0.0.1"}


def seen(process: dict[str, str], request: dict[str, str]) -> dict[str, Any]:
    """What an application is given by a server that puts each request above its environment."""
    given: list[dict[str, Any]] = []

    def app(environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        given.append(environ)
        return []

    EnvironFilter(app, process)({**process, **request}, lambda *_: lambda _: None)
    return given[0]


def test_only_the_request_is_passed_on() -> None:
    assert seen(dict(PROCESS), REQUEST) == REQUEST


def test_a_header_of_the_client_counts_whatever_the_process_is_told() -> None:
    headers = {"HTTP_AUTHORIZATION": "Bearer real", "CONTENT_LENGTH": "2"}
    assert seen(dict(PROCESS), REQUEST | headers) == REQUEST | headers
