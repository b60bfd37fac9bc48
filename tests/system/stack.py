"""Real processes of the service, and a client of theirs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from chaos.processes import children, descendants, words
from chaos.servers import HERE, Place

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
LEASE_SECONDS = 1.5


@dataclass
class Client:
    """What a user does, over HTTP."""

    url: str
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, timeout=70, trust_env=False)

    def close(self) -> None:
        self.http.close()

    def submit(self, **body: Any) -> str:
        answer = self.http.post("/v1/jobs", json={"dataset": "iris", **body})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def job(self, job_id: str, **query: Any) -> dict[str, Any]:
        answer = self.http.get(f"/v1/jobs/{job_id}", params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def at_rest(self, job_id: str) -> dict[str, Any]:
        """The job once it is at rest."""
        return self.job(job_id, wait=60)

    def running(self, job_id: str, attempt: int = 1) -> dict[str, Any]:
        """The job once this attempt, or a later one, runs.

        By looking often: a wait for the next change could miss one that came before it.
        """
        while True:
            job = self.job(job_id)
            if job["status"] == "running" and job["attempt"] >= attempt:
                return job
            assert job["status"] in ("queued", "running"), job
            sleep(0.01)

    def act(self, job_id: str, action: str) -> dict[str, Any]:
        answer = self.http.post(f"/v1/jobs/{job_id}/{action}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def cancel(self, job_id: str) -> None:
        assert self.http.post(f"/v1/jobs/{job_id}/cancel").status_code == 200

    def history(self, job_id: str) -> list[dict[str, Any]]:
        """All rows, without the seconds, which no two runs share."""
        answer = self.http.get(f"/v1/jobs/{job_id}/history", params={"limit": 100_000})
        assert answer.status_code == 200, answer.text
        assert not answer.json()["has_more"]
        return [
            {name: value for name, value in row.items() if name != "seconds"}
            for row in answer.json()["data"]
        ]


@dataclass
class Running:
    """A process of ours, the log it writes, and its settings."""

    process: subprocess.Popen[bytes]
    log: Path
    environ: Mapping[str, str]

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(30)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass
class Service(Running):
    """A whole service under `descentd up`."""

    client: Client

    def until_ready(self) -> None:
        until_ready(self, self.client.url)

    def part(self, name: str, after: int | None = None) -> int:
        """The process id of the part of this name, once it runs; not ``after``, which ended."""
        deadline = monotonic() + START_SECONDS
        while monotonic() < deadline:
            for pid in children(self.process.pid):
                if pid != after and name in words(pid):
                    return pid
            sleep(0.01)
        raise LookupError(f"no part {name}: {self.log.read_text()}")


def settings(data_dir: Path, **given: Any) -> dict[str, str]:
    """The environment of a service: this process's, without its settings, with these."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith("DESCENTD_")}
    named = {f"DESCENTD_{name.upper()}": str(value) for name, value in given.items()}
    return {
        **clean,
        "PYTHONPATH": str(ROOT),
        "DESCENTD_DATA_DIR": str(data_dir),
        "DESCENTD_LEASE_SECONDS": str(LEASE_SECONDS),
        **named,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(environ: Mapping[str, str], *words: str, within: tuple[str, ...] = ()) -> Running:
    """Run a command of ours, on another host if ``within`` leads there."""
    log = Path(environ["DESCENTD_DATA_DIR"]).with_suffix(".log")
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*within, sys.executable, "-P", "-m", "cli", *words],
            env=dict(environ),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return Running(process, log, environ)


def until_ready(running: Running, url: str, status: int = 200) -> None:
    """Wait until `/readyz` answers so. There is nothing else to wait on before it listens."""
    deadline = monotonic() + START_SECONDS
    while running.process.poll() is None and monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz", trust_env=False, timeout=5).status_code == status:
                return
        except httpx.TransportError:
            pass
        sleep(0.02)
    pytest.fail(f"the service did not start:\n{running.log.read_text()}")


@contextmanager
def serving(
    environ: Mapping[str, str], *words: str, status: int = 200, place: Place = HERE
) -> Iterator[Service]:
    """Run a command that serves; kill what is left of it afterwards."""
    url = f"http://{place.address}:{free_port()}"
    listening = {"DESCENTD_HOST": place.address, "DESCENTD_PORT": url.rpartition(":")[2]}
    running = launch({**environ, **listening}, *words, within=place.within)
    try:
        until_ready(running, url, status)
        with closing(Client(url)) as client:
            yield Service(running.process, running.log, running.environ, client)
    finally:
        below = descendants(running.process.pid) if running.process.poll() is None else []
        try:
            running.stop()
        finally:
            for pid in below:
                _kill(pid)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
