"""A broker that is away costs nobody a job, nor an answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from service.config import Config
from service.database.migrate import upgrade

from .stack import Service, serving, settings


@contextmanager
def broker(kind: str) -> Iterator[str]:
    """The address of a Redis that refuses connections, or accepts them and says nothing."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if kind == "silent":
            server.listen()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.mark.parametrize("kind", ["refusing", "silent"])
def test_jobs_are_accepted_at_once_without_a_broker(migrated: dict[str, str], kind: str) -> None:
    with without_broker(migrated, kind) as service:
        started = monotonic()
        for _ in range(5):
            service.client.submit(epochs=1)
        assert monotonic() - started < 1


def test_a_job_that_never_got_a_wake_up_is_carried_out(migrated: dict[str, str]) -> None:
    with without_broker(migrated, "refusing") as service:
        job_id = service.client.submit(epochs=1)
    with serving(migrated, "up", "--workers", "1") as service:
        assert service.client.at_rest(job_id)["status"] == "succeeded"


@pytest.fixture
def migrated(tmp_path: Path) -> dict[str, str]:
    """The settings of a service whose database is ready."""
    environ = settings(tmp_path / "data")
    upgrade(Config.from_environment(environ))
    return environ


@contextmanager
def without_broker(environ: dict[str, str], kind: str) -> Iterator[Service]:
    with (
        broker(kind) as url,
        serving({**environ, "DESCENTD_BROKER_URL": url}, "serve", status=503) as service,
    ):
        yield service
