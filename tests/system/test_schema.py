"""A running service whose database goes to another version and comes back loses nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from .conftest import NewServer
from .stack import Service, serving, settings, until_ready


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.verify), "postgres"])
def own(
    request: pytest.FixtureRequest, tmp_path: Path, new_postgres: NewServer
) -> Iterator[Service]:
    """A service of its own: its database is taken from under it."""
    if request.param == "sqlite":
        with serving(settings(tmp_path / "data"), "up", "--workers", "1") as service:
            yield service
        return
    with new_postgres() as url:
        environ = settings(tmp_path / "data", database_url=url)
        with serving(environ, "up", "--workers", "1") as service:
            yield service


def migrate(service: Service, *words: str) -> None:
    command = [sys.executable, "-P", "-m", "cli", "migrate", *words]
    subprocess.run(command, env=dict(service.environ), check=True)


def refused_within(service: Service, seconds: float) -> None:
    """Wait until the API, which believes its last look for a moment, does nothing any more."""
    deadline = monotonic() + seconds
    while service.client.http.get("/v1/jobs").status_code != 503:
        assert monotonic() < deadline
        sleep(0.05)


def test_migrating_while_the_service_runs_loses_nothing(own: Service) -> None:
    client = own.client
    running = client.submit(epochs=1_000_000, validation=None)
    waiting = client.submit(epochs=5)
    client.running(running)
    migrate(own, "--back-to", "0002")
    refused_within(own, 5)
    until_ready(own, client.url, status=503)
    answer = client.http.post("/v1/jobs", json={"dataset": "xor"})
    assert (answer.status_code, "0002" in answer.json()["detail"]) == (503, True)
    migrate(own)
    until_ready(own, client.url)
    client.running(running)
    client.cancel(running)
    assert client.at_rest(waiting)["status"] == "succeeded"
    query = {"layout": "columns", "limit": 100_000}
    history = client.http.get(f"/v1/jobs/{running}/history", params=query).json()
    epochs = history["columns"]["epoch"]
    assert epochs == list(range(len(epochs)))
