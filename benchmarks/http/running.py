"""The service on Postgres with keys, and beside it the bare application on the same server."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from benchmarks import stacks
from benchmarks.endurance.sampling import part_trees
from chaos.processes import children
from examples.running import service
from service import auth
from service.config import Config
from service.database.sessions import Sessions

THREADS = 664
ROOT = Path(__file__).resolve().parents[2]
# The jobs whose epochs are written by the benchmark have no worker that shows life.
SETTINGS = {"DESCENTD_AUTH": "keys", "DESCENTD_LEASE_SECONDS": "3600"}


@dataclass(frozen=True)
class Stand:
    """What is measured: the process of `descentd up`, two addresses, a key, and the database."""

    up: int
    url: str
    bare_url: str
    key: str
    sessions: Sessions
    database_url: str
    folder: Path

    def client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.key}", "Accept-Encoding": "identity"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=90, trust_env=False)

    def api_process(self) -> int:
        """The process that answers: below `descentd serve`, below `descentd up`."""
        return children(part_trees(self.up)["serve"])[0]


@contextmanager
def stand() -> Iterator[Stand]:
    with (
        stacks.STACKS[stacks.SERVERS]() as settings,
        service(settings={**settings, **SETTINGS}) as running,
        _bare(settings["DESCENTD_DATABASE_URL"]) as bare_url,
        closing(_sessions(settings)) as sessions,
        tempfile.TemporaryDirectory() as folder,
    ):
        with sessions.writing() as session:
            _, key = auth.create_key(session, auth.DEFAULT_TENANT, "benchmark")
            session.commit()
        database_url = settings["DESCENTD_DATABASE_URL"]
        yield Stand(running.pid, running.url, bare_url, key, sessions, database_url, Path(folder))


def _sessions(settings: Mapping[str, str]) -> Sessions:
    return Sessions.of(Config.from_environment(settings))


@contextmanager
def _bare(database_url: str) -> Iterator[str]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bare (id serial PRIMARY KEY, body text NOT NULL)")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = database_url.replace("postgresql://", "postgresql+psycopg://")
    command = [sys.executable, "-m", "benchmarks.http.bare", str(port), url]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _until_listening(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _until_listening(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the bare application did not start")
