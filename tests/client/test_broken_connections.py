"""Both clients on real connections that break, stall and refuse."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from descentd_client import (
    AsyncClient,
    Client,
    DescentdError,
    Retries,
    UnexpectedAnswerError,
    UnreachableError,
    UnsendableError,
)

from .misbehaving import misbehaving, reply, stream

QUICK = Retries(attempts=3, first_seconds=0.01)
JOB = {"id": "job_1", "status": "running", "epoch": 2, "epochs": 3, "error": None}
CUT_OFF = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"


class Blocking:
    """The calls of these tests, by `Client`."""

    def submit(self, url: str, dataset: Any) -> str:
        with Client(url, key="dsk_1", retries=QUICK, timeout=5) as client:
            return client.submit(dataset).id

    def upload(self, url: str, path: Path) -> str:
        with Client(url, retries=QUICK) as client:
            return client.upload(path)["id"]

    def followed(self, url: str) -> list[int]:
        with Client(url, retries=QUICK) as client:
            return [row["epoch"] for row in client.job("job_1").follow()]

    def save(self, url: str, path: Path) -> None:
        with Client(url, retries=QUICK) as client:
            client.job("job_1").save(path)


class ByAsyncio:
    """The same by `AsyncClient`."""

    def submit(self, url: str, dataset: Any) -> str:
        async def call() -> str:
            async with AsyncClient(url, key="dsk_1", retries=QUICK, timeout=5) as client:
                return (await client.submit(dataset)).id

        return asyncio.run(call())

    def upload(self, url: str, path: Path) -> str:
        async def call() -> str:
            async with AsyncClient(url, retries=QUICK) as client:
                return (await client.upload(path))["id"]

        return asyncio.run(call())

    def followed(self, url: str) -> list[int]:
        async def call() -> list[int]:
            async with AsyncClient(url, retries=QUICK) as client:
                job = await client.job("job_1")
                return [row["epoch"] async for row in job.follow()]

        return asyncio.run(call())

    def save(self, url: str, path: Path) -> None:
        async def call() -> None:
            async with AsyncClient(url, retries=QUICK) as client:
                await (await client.job("job_1")).save(path)

        asyncio.run(call())


@pytest.fixture(params=[Blocking, ByAsyncio])
def calls(request: pytest.FixtureRequest) -> Any:
    return request.param()


@pytest.fixture
def closed_port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


def epochs(*numbers: int) -> bytes:
    return b"".join(
        f"id: {n}\nevent: epoch\ndata: {json.dumps({'epoch': n})}\n\n".encode() for n in numbers
    )


def test_a_submission_gets_through_a_bad_line_and_makes_one_job(calls: Any) -> None:
    script = [b"", CUT_OFF, reply(202, JOB)]
    with misbehaving(script) as server:
        assert calls.submit(server.url, "iris") == "job_1"
    assert {each.line for each in server.heard} == {"POST /v1/jobs HTTP/1.1"}
    assert {each.headers["authorization"] for each in server.heard} == {"Bearer dsk_1"}
    assert len({each.headers["idempotency-key"] for each in server.heard}) == 1
    assert len({each.body for each in server.heard}) == 1


def test_the_time_named_by_a_busy_service_passes_before_the_next_try(calls: Any) -> None:
    script = [reply(429, {"status": 429}, Retry_After="1"), reply(202, JOB)]
    with misbehaving(script) as server:
        calls.submit(server.url, "iris")
    first, second = server.heard
    assert second.moment - first.moment >= 1


def test_a_file_is_read_anew_for_each_try(calls: Any, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(b"x,y\n" + b"1,2\n" * 600_000)  # more than one piece
    with misbehaving([b"", reply(201, {"id": "ds_1"})]) as server:
        assert calls.upload(server.url, path) == "ds_1"
    first, second = server.heard
    assert first.body == second.body == path.read_bytes()
    assert second.headers["content-type"] == "text/csv"
    assert second.headers["content-length"] == str(path.stat().st_size)


def test_a_stream_goes_on_where_it_broke_off(calls: Any) -> None:
    end = b'event: status\ndata: {"status": "succeeded"}\n\n'
    script = [
        reply(200, JOB),
        stream(epochs(0, 1), is_whole=False),
        stream(epochs(1, 2)),
        stream(end),
        reply(200, {**JOB, "status": "succeeded"}),
    ]
    with misbehaving(script) as server:
        assert calls.followed(server.url) == [0, 1, 2]
    asked = [each.headers.get("last-event-id") for each in server.heard[1:4]]
    assert asked == [None, "1", "2"]


def test_a_model_that_breaks_off_leaves_no_file(calls: Any, tmp_path: Path) -> None:
    with (
        misbehaving([reply(200, JOB), CUT_OFF]) as server,
        pytest.raises(UnreachableError, match="broke off"),
    ):
        calls.save(server.url, tmp_path / "model.json")
    assert list(tmp_path.iterdir()) == []


def test_nobody_listening_is_told(calls: Any, closed_port: int) -> None:
    with pytest.raises(UnreachableError):
        calls.submit(f"http://127.0.0.1:{closed_port}", "iris")


def test_a_redirect_is_not_followed(calls: Any) -> None:
    with (
        misbehaving([reply(307, Location="http://elsewhere.example/")]) as server,
        pytest.raises(UnexpectedAnswerError, match="elsewhere"),
    ):
        calls.submit(server.url, "iris")


@pytest.mark.parametrize(
    ("dataset", "error"),
    [
        (Path("no.csv"), FileNotFoundError),
        (Path("no.txt"), DescentdError),
        ({"inputs": [[float("nan")]], "targets": [1]}, UnsendableError),
        ({"inputs": [[1]], "targets": {1}}, UnsendableError),
    ],
)
def test_what_cannot_be_sent_is_told_before_anything_is_sent(
    calls: Any, dataset: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        calls.submit("http://127.0.0.1:9", dataset)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://host", "http://", "http://[::1"])
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(DescentdError, match="address"):
        Client(url)
