"""Servers of one's own, that may be killed, frozen and started again."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Self

import psycopg
import redis
from psycopg import sql

from chaos.processes import launch

START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server runs: the address it listens on, and the command that starts it there."""

    address: str = "127.0.0.1"
    within: tuple[str, ...] = ()


HERE = Place()


class Server(ABC):
    """One server process on a free port, with its files in a folder."""

    def __init__(self, folder: Path, place: Place = HERE) -> None:
        self.folder = folder
        self.place = place
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def launch(self) -> subprocess.Popen[bytes]: ...

    @abstractmethod
    def answers(self) -> bool: ...

    def start(self) -> None:
        """Start it, if it does not run, and wait until it answers."""
        if self._process is None:
            self._process = self.launch()
        until(self.answers, START_SECONDS, f"{type(self).__name__} does not answer")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it by a signal; SIGKILL goes to all of its processes, as a power cut would."""
        if self._process is None:
            return
        if number is signal.SIGKILL:
            os.killpg(self._process.pid, number)
        else:
            self._process.send_signal(number)
        self._process.wait(START_SECONDS)
        self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stopped in its tracks: connections stay open, and nothing is answered."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._process.pid, signal.SIGCONT)


class Redis(Server):
    """Keeps nothing on disk: a restart has forgotten every message."""

    @property
    def url(self) -> str:
        return f"redis://{self.place.address}:{self.port}/0"

    def launch(self) -> subprocess.Popen[bytes]:
        nothing_kept = ("--save", "", "--appendonly", "no")
        listening = ("--port", str(self.port), "--bind", self.place.address)
        command = ["redis-server", *listening, "--protected-mode", "no", *nothing_kept]
        log, within = self.folder / "redis.log", self.place.within
        return launch(command, log, os.environ, cwd=self.folder, within=within)

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=5)

    def answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


class Postgres(Server):
    """A cluster of its own, run by a user who is not root, as Postgres asks."""

    def __init__(self, folder: Path, place: Place = HERE) -> None:
        super().__init__(folder, place)
        self._programs = postgres_programs()
        self._data = folder / "postgres"
        self._log = folder / "postgres.log"
        self._make_cluster()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@{self.place.address}:{self.port}/{database}"

    def new_database(self) -> str:
        """The address of an empty database."""
        name = f"chaos_{secrets.token_hex(6)}"
        self.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def drop_databases(self) -> None:
        """Drop those made so far: a cluster that holds many takes long to come back from a kill."""
        with psycopg.connect(self.url(), autocommit=True, connect_timeout=5) as connection:
            made = connection.execute("SELECT datname FROM pg_database WHERE datname ^@ 'chaos_'")
            for (name,) in made.fetchall():
                dropped = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
                connection.execute(dropped)

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement.encode())

    def launch(self) -> subprocess.Popen[bytes]:
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port)]
        command += ["-h", self.place.address, "-k", str(self._data)]
        user, within = _identity(), self.place.within
        return launch(command, self._log, os.environ, user=user, cwd=self._data, within=within)

    def answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _make_cluster(self) -> None:
        self._data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(self._data, "postgres")
        command = [str(self._programs / "initdb"), "-D", str(self._data), "-U", "postgres"]
        quiet = ["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        made = launch([*command, *quiet], self._log, os.environ, user=_identity(), cwd=self._data)
        assert made.wait(START_SECONDS) == 0, self._log.read_text(encoding="utf-8")
        with (self._data / "pg_hba.conf").open("a", encoding="utf-8") as trusted:
            trusted.write("host all all all trust\n")  # that is, whom its address lets through


class Store(Server):
    """Speaks S3, and keeps everything in memory."""

    @property
    def url(self) -> str:
        return f"http://{self.place.address}:{self.port}"

    def launch(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "moto.server", "-H", self.place.address]
        command += ["-p", str(self.port)]
        log, within = self.folder / "store.log", self.place.within
        return launch(command, log, os.environ, cwd=self.folder, within=within)

    def answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(5)
            return probe.connect_ex((self.place.address, self.port)) == 0


@dataclass(frozen=True, slots=True)
class Servers:
    """One of each."""

    postgres: Postgres
    redis: Redis

    @classmethod
    @contextmanager
    def running(cls, place: Place = HERE) -> Iterator[Self]:
        """Servers in a folder of their own, both gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="chaos-servers-") as name:
            folder = Path(name)
            folder.chmod(0o755)  # Postgres runs as another user, who has to get through
            servers = cls(Postgres(folder, place), Redis(folder, place))
            try:
                servers.start()
                yield servers
            finally:
                servers.stop()

    def start(self) -> None:
        self.postgres.start()
        self.redis.start()

    def stop(self) -> None:
        self.redis.stop()
        self.postgres.stop(signal.SIGINT)


def missing() -> str | None:
    """Why there can be no servers on this machine; None where there can."""
    if shutil.which("redis-server") is None:
        return "redis-server is not installed"
    if not _found_postgres():
        return "the programs of a Postgres server are not installed"
    if os.geteuid() == 0 and not _has_user("postgres"):
        return "root may not run Postgres, and there is no user postgres"
    return None


def postgres_programs() -> Path:
    """The folder with the newest Postgres server's programs; FileNotFoundError without one."""
    found = _found_postgres()
    if not found:
        raise FileNotFoundError("the programs of a Postgres server are not installed")
    return found[-1].parent


def _found_postgres() -> list[Path]:
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    on_path = shutil.which("initdb")
    ordered = sorted(debian, key=lambda path: int(path.parts[-3]))
    return ordered or ([Path(on_path)] if on_path else [])


def _has_user(name: str) -> bool:
    return any(user.pw_name == name for user in pwd.getpwall())


def _identity() -> str:
    return "postgres" if os.geteuid() == 0 else ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Look often until something holds; raises TimeoutError that says what did not."""
    deadline = monotonic() + seconds
    while not holds():
        if monotonic() > deadline:
            raise TimeoutError(otherwise)
        sleep(0.02)
