"""Many event streams at once, of jobs whose epochs are written at moments that are known."""

from __future__ import annotations

import selectors
import socket
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from benchmarks.http import written
from benchmarks.http.running import Stand
from benchmarks.tables import Section, verdict
from service.fences import Claim

STREAMS, JOBS = 500, 10
BATCHES, BATCH_EPOCHS, BATCH_SECONDS = 20, 25, 0.5
EPOCHS = BATCHES * BATCH_EPOCHS
DELAY_SECONDS, HEALTH_MS = 1.0, 100
LONGEST_SECONDS = 60.0


@dataclass
class Stream:
    """What came on one connection, and when: the ids of its epochs."""

    job_id: str
    rest: bytes = b""
    is_told: bool = False
    epochs: list[int] = field(default_factory=list)
    came_at: list[float] = field(default_factory=list)

    def take(self, piece: bytes) -> None:
        *lines, self.rest = (self.rest + piece).split(b"\n")
        for line in lines:
            self.is_told = self.is_told or line == b"event: status"
            if line.startswith(b"id: "):
                self.epochs.append(int(line[4:]))
                self.came_at.append(time.monotonic())


def measure(stand: Stand) -> Section:
    claims = [written.running_job(stand.sessions) for _ in range(JOBS)]
    written_at: dict[str, list[float]] = {claim.job_id: [] for claim in claims}
    streams = [Stream(claims[number % JOBS].job_id) for number in range(STREAMS)]
    selector = selectors.DefaultSelector()
    for stream in streams:
        selector.register(_opened(stand, stream), selectors.EVENT_READ, stream)
    _until_told(selector, streams)
    health: list[float] = []
    done = threading.Event()
    threads = [
        threading.Thread(target=_write, args=(stand, claim, written_at[claim.job_id]))
        for claim in claims
    ]
    threads.append(threading.Thread(target=_ask_health, args=(stand, done, health)))
    for thread in threads:
        thread.start()
    _read(selector, streams)
    done.set()
    for thread in threads:
        thread.join()
    return _section(streams, written_at, health)


def _until_told(selector: selectors.BaseSelector, streams: Sequence[Stream]) -> None:
    """Until each stream has told its first status: what follows is the delay of events alone."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not all(each.is_told for each in streams):
        if time.monotonic() > deadline:
            raise RuntimeError("some streams were not opened")
        for key, _ in selector.select(0.5):
            key.data.take(key.fileobj.recv(1 << 18))  # type: ignore[union-attr]


def _opened(stand: Stand, stream: Stream) -> socket.socket:
    parts = urlsplit(stand.url)
    connection = socket.create_connection((parts.hostname or "", parts.port or 80))
    connection.sendall(
        f"GET /v1/jobs/{stream.job_id}/events HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Authorization: Bearer {stand.key}\r\n\r\n".encode()
    )
    return connection


def _write(stand: Stand, claim: Claim, written_at: list[float]) -> None:
    for first in range(0, EPOCHS, BATCH_EPOCHS):
        written.write(stand.sessions, claim, range(first, first + BATCH_EPOCHS))
        written_at += [time.monotonic()] * BATCH_EPOCHS
        time.sleep(BATCH_SECONDS)


def _ask_health(stand: Stand, done: threading.Event, milliseconds: list[float]) -> None:
    with httpx.Client(base_url=stand.url, timeout=90, trust_env=False) as http:
        while not done.wait(0.02):
            began = time.perf_counter()
            http.get("/healthz").raise_for_status()
            milliseconds.append((time.perf_counter() - began) * 1e3)


def _read(selector: selectors.BaseSelector, streams: Sequence[Stream]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline and any(len(each.epochs) < EPOCHS for each in streams):
        for key, _ in selector.select(0.5):
            connection: socket.socket = key.fileobj  # type: ignore[assignment]
            key.data.take(connection.recv(1 << 18))
    for key in list(selector.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    selector.close()


def _section(
    streams: Sequence[Stream], written_at: dict[str, list[float]], health: list[float]
) -> Section:
    whole = sum(each.epochs == list(range(EPOCHS)) for each in streams)
    delays = [
        came - written_at[each.job_id][epoch]
        for each in streams
        for epoch, came in zip(each.epochs, each.came_at, strict=True)
    ]
    delay, answer = (statistics.quantiles(values, n=100)[-1] for values in (delays, health))
    return Section(
        f"{STREAMS} event streams",
        f"Of {JOBS} jobs, whose epochs the benchmark writes as a worker does, {BATCH_EPOCHS} each "
        f"{BATCH_SECONDS:g} s, so that the moment of each is known; {EPOCHS} epochs a job. The "
        "delay is from the commit to the client, which reads all streams in one thread; all were "
        "open before the first epoch.",
        ["what", "measured", "bar", "met"],
        [
            ["whole and in order", f"{whole}", f"{STREAMS}", verdict(whole == STREAMS)],
            ["delay, p99", f"{delay:.2f} s", "< 1 s", verdict(delay < DELAY_SECONDS)],
            ["`/healthz`, p99", f"{answer:.0f} ms", "< 100 ms", verdict(answer < HEALTH_MS)],
        ],
    )
