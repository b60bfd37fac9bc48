"""Event streams of a real server: held in numbers, resumed, left, and ended with the service."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from .stack import Service, serving, settings

ENDLESS: dict[str, Any] = {"epochs": 1_000_000, "validation": None}
LONG: dict[str, Any] = {"epochs": 4000}
STREAMS = 50
HEARTBEAT_SECONDS = 0.2


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Service]:
    """A service that holds two streams, and shows often that they live."""
    environ = settings(tmp_path / "data", max_streams=2, heartbeat_seconds=HEARTBEAT_SECONDS)
    with serving(environ, "up", "--workers", "1") as service:
        yield service


def events(answer: httpx.Response) -> Iterator[tuple[str, Any]]:
    """The events as they come; a heartbeat has no data."""
    name = ""
    for line in answer.iter_lines():
        if line.startswith(":"):
            yield "heartbeat", None
        elif line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def follow(url: str, job_id: str, last: int | None = None, most: int | None = None) -> Any:
    """What one client of its own is told: epochs and statuses; it leaves after `most` epochs."""
    epochs: list[int] = []
    statuses: list[str] = []
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    with (
        httpx.Client(base_url=url, timeout=60, trust_env=False) as http,
        http.stream("GET", f"/v1/jobs/{job_id}/events", headers=headers) as answer,
    ):
        assert answer.status_code == 200, answer.read()
        for name, data in events(answer):
            if name == "epoch":
                epochs.append(data["epoch"])
            elif name == "status":
                statuses.append(data["status"])
            if most is not None and len(epochs) >= most:
                break
    return epochs, statuses


def test_a_stream_survives_the_worker_and_a_break_of_its_own(service: Service) -> None:
    client = service.client
    job_id = client.submit(**LONG)
    with ThreadPoolExecutor(1) as pool:
        whole = pool.submit(follow, client.url, job_id)
        first, _ = follow(client.url, job_id, most=1)
        os.kill(service.part("worker"), signal.SIGKILL)
        second, statuses = follow(client.url, job_id, last=first[-1])
        assert client.job(job_id)["attempt"] == 2
        assert first + second == list(range(LONG["epochs"] + 1))
        assert statuses[-1] == "succeeded"
        assert whole.result()[0] == first + second


def test_many_streams_are_held_while_other_requests_are_answered(service: Service) -> None:
    client = service.client
    job_id = client.submit(epochs=1000)
    all_are_there = Barrier(STREAMS + 1)

    def watch() -> Any:
        all_are_there.wait(60)
        return follow(client.url, job_id)

    with ThreadPoolExecutor(STREAMS) as pool:
        watching = [pool.submit(watch) for _ in range(STREAMS)]
        all_are_there.wait(60)
        while not all(each.done() for each in watching):
            assert client.http.get("/healthz").status_code == 200
            assert client.http.get("/v1/jobs", params={"limit": 1}).status_code == 200
        for each in watching:
            epochs, statuses = each.result()
            assert (epochs, statuses[-1]) == (list(range(1001)), "succeeded")


def test_a_client_that_goes_away_frees_its_place(small: Service) -> None:
    client = small.client
    job_id = client.submit(**ENDLESS)
    client.act(job_id, "pause")
    path = f"/v1/jobs/{job_id}/events"
    with ExitStack() as held:
        followed = []
        for _ in range(2):
            http = httpx.Client(base_url=client.url, timeout=60, trust_env=False)
            answer = held.enter_context(held.enter_context(http).stream("GET", path))
            # Kept: one that is let go of closes its connection
            followed.append(events(answer))
            assert next(followed[-1])[0] == "status"
        with client.http.stream("GET", path) as refused:
            pass
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert client.http.get("/v1/jobs").status_code == 200
    left_at = monotonic()
    while True:
        with client.http.stream("GET", path) as answer:
            if answer.status_code == 200:
                break
        assert monotonic() - left_at < 20 * HEARTBEAT_SECONDS
        sleep(0.01)


def test_a_service_that_stops_ends_its_streams(small: Service) -> None:
    client = small.client
    job_id = client.submit(**ENDLESS)
    client.act(job_id, "pause")
    with client.http.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
        told = events(answer)
        assert next(told)[0] == "status"
        asked_at = monotonic()
        small.process.terminate()
        assert {name for name, _ in told} <= {"heartbeat"}
        assert small.process.wait(30) == 0
        assert monotonic() - asked_at < 6
