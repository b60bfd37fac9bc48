"""One whole service as real processes, on what needs no server or on Postgres and Redis."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from chaos.client import Client
from chaos.processes import all_gone, children, launch, marked, send, words
from chaos.servers import Servers, free_port, until
from service.config import Config
from service.database.migrate import upgrade
from service.database.sessions import Sessions

ROOT = Path(__file__).resolve().parents[1]
EMBEDDED, SERVERS = "embedded", "servers"
LEASE_SECONDS = 1.5
START_SECONDS = 60.0
STOP_SECONDS = 40.0
MARK = "CHAOS_MARK"


class Stack:
    """Parts of a service that share a database, a broker and a data directory.

    Each process carries the stack's mark in its environment, and so can be found whatever
    became of its parents.
    """

    def __init__(self, folder: Path, servers: Servers | None, extra: Mapping[str, str]) -> None:
        self.kind = EMBEDDED if servers is None else SERVERS
        self.data_dir = folder / "data"
        self.log = folder / "descentd.log"
        self.servers = servers
        self.environ = _environment(folder, servers) | dict(extra)
        self.config = Config.from_environment(_settings(self.environ))
        self.sessions = Sessions.of(self.config)
        self.client = Client(f"http://127.0.0.1:{self.config.port}")
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str) -> int:
        """Start a descentd command; return its process id."""
        full = [sys.executable, "-P", "-m", "cli", *command]
        process = launch(full, self.log, self.environ)
        self._started.append(process)
        return process.pid

    def up(self, workers: int = 2) -> int:
        """Start the whole service and wait until it is ready."""
        pid = self.start("up", "--workers", str(workers))
        self.until_ready()
        return pid

    def migrate(self) -> None:
        upgrade(self.config)

    def until_ready(self) -> None:
        until(self.is_ready, START_SECONDS, f"the service does not get ready: {self.log}")

    def is_ready(self) -> bool:
        try:
            return self.client.http.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def part(self, up: int, name: str) -> int:
        """The process id of a part of a service under ``descentd up``."""
        found: list[int] = []

        def runs() -> bool:
            found[:] = [pid for pid in children(up) if name in words(pid)]
            return bool(found)

        until(runs, START_SECONDS, f"no part {name} under {up}")
        return found[0]

    def worker_children(self, up: int) -> list[int]:
        """The processes that train."""
        found: list[int] = []

        def run() -> bool:
            found[:] = children(self.part(up, "worker"))
            return bool(found)

        until(run, START_SECONDS, "the worker has no process")
        return found

    def processes(self) -> list[int]:
        return marked(self.environ[MARK])

    def kill_everything(self) -> None:
        """All at once, as a power cut would."""
        send(self.processes(), signal.SIGKILL)
        assert all_gone(self.processes(), STOP_SECONDS)
        self._reap()

    def stop(self) -> list[int]:
        """Stop it as an operator would; return what is left over."""
        for process in self._started:
            if process.poll() is None:
                process.terminate()
        self._reap()
        left = self.processes()
        return [] if all_gone(left, 1.0) else [pid for pid in left if words(pid) != [""]]

    def close(self) -> None:
        """Let go of everything, by force."""
        send(self.processes(), signal.SIGKILL)
        self._reap()
        self.client.close()
        self.sessions.close()

    def _reap(self) -> None:
        for process in self._started:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        self._started = [process for process in self._started if process.returncode is None]


def _environment(folder: Path, servers: Servers | None) -> dict[str, str]:
    clean = {name: text for name, text in os.environ.items() if not name.startswith("DESCENTD_")}
    chosen: dict[str, Any] = {
        "PYTHONPATH": ROOT,
        MARK: folder,
        "DESCENTD_DATA_DIR": folder / "data",
        "DESCENTD_LEASE_SECONDS": LEASE_SECONDS,
        "DESCENTD_PORT": free_port(),
    }
    if servers is not None:
        chosen["DESCENTD_DATABASE_URL"] = servers.postgres.new_database()
        chosen["DESCENTD_BROKER_URL"] = servers.redis.url
    return clean | {name: str(value) for name, value in chosen.items()}


def _settings(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in environ.items() if name.startswith("DESCENTD_")}
