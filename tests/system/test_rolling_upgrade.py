"""From one version to the next while jobs run: at no moment is the service away."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from time import sleep
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from service.config import Config
from service.database.sessions import Sessions
from service.version import VERSION

from . import newer
from .conftest import NewServer
from .newer import NEXT
from .stack import Client, Running, launch, serving, settings

LONG: dict[str, Any] = {"epochs": 4000, "seed": 3}
OLD_PROCESSES, NEW_PROCESSES = 2, 1
PAUSE_SECONDS = 0.1
PATIENCE_SECONDS = 60.0


class Balancer:
    """What stands before several APIs: asks the next one where one does not take a request."""

    def __init__(self, *urls: str) -> None:
        self.urls = list(urls)
        # Each request connects anew, as it would to an API that has just gone
        limits = httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.Client(timeout=30, trust_env=False, limits=limits)

    def close(self) -> None:
        self._http.close()

    def request(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer; raises LookupError where none of them gives one."""
        met: list[str] = []
        urls = list(self.urls)
        for url in secrets.SystemRandom().sample(urls, len(urls)):
            try:
                answer = self._http.request(method, f"{url}{path}", **request)
            except httpx.TransportError as error:
                met.append(f"{url}: {error!r}")
                continue
            if answer.status_code < 500:
                return answer
            met.append(f"{url}: {answer.status_code} {answer.text}")
        raise LookupError(f"nobody answers: {met}")


class Users:
    """Submit small jobs and look at them all the time, until they are told to end."""

    def __init__(self, balancer: Balancer) -> None:
        self._balancer = balancer
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._use)
        self.accepted: list[str] = []
        self.failures: list[str] = []

    @contextmanager
    def at_work(self) -> Iterator[Users]:
        self._thread.start()
        try:
            yield self
        finally:
            self._over.set()
            self._thread.join()

    def _use(self) -> None:
        while not self._over.wait(PAUSE_SECONDS):
            try:
                self._use_once()
            except Exception as failure:  # told by the test's own thread
                self.failures.append(repr(failure))

    def _use_once(self) -> None:
        key = {"Idempotency-Key": secrets.token_hex(8)}
        body = {"dataset": "iris", "epochs": 20}
        answer = self._balancer.request("POST", "/v1/jobs", json=body, headers=key)
        assert answer.status_code == 202, answer.text
        self.accepted.append(answer.json()["id"])
        for job_id in {self.accepted[0], self.accepted[-1]}:
            assert self._balancer.request("GET", f"/v1/jobs/{job_id}").status_code == 200


class Version:
    """One version of the code, and its parts that run."""

    def __init__(self, environ: Mapping[str, str], folder: Path | None = None) -> None:
        self._environ = {**environ, **({"PYTHONPATH": str(folder)} if folder else {})}
        self._stack = ExitStack()
        self._parts: list[Running] = []

    def migrate(self) -> None:
        command = [sys.executable, "-P", "-m", "cli", "migrate"]
        subprocess.run(command, env=self._environ, check=True, timeout=PATIENCE_SECONDS)

    def start(self, processes: int) -> Client:
        """Start API, so many worker processes and a scheduler; wait until the API is ready."""
        for words in (("worker", "--concurrency", str(processes)), ("scheduler",)):
            part = launch(self._environ, *words)
            self._stack.callback(part.kill)
            self._parts.append(part)
        service = self._stack.enter_context(serving(self._environ, "serve"))
        self._parts.append(service)
        return service.client

    def stop(self) -> list[int]:
        """End all parts by SIGTERM, and give their exit codes."""
        for part in self._parts:
            part.process.terminate()
        return [part.process.wait(PATIENCE_SECONDS) for part in self._parts]

    def close(self) -> None:
        self._stack.close()


@pytest.fixture(params=["servers", pytest.param("embedded", marks=pytest.mark.verify)])
def environ(
    request: pytest.FixtureRequest, tmp_path: Path, new_postgres: NewServer, new_redis: NewServer
) -> Iterator[dict[str, str]]:
    """The settings that both versions share."""
    if request.param == "embedded":
        yield settings(tmp_path / "data")
        return
    with new_postgres() as database, new_redis() as broker:
        yield settings(tmp_path / "data", database_url=database, broker_url=broker)


@pytest.fixture
def version(environ: dict[str, str]) -> Iterator[Callable[..., Version]]:
    """Makes a version of the code, of which nothing runs any more in the end."""
    with ExitStack() as stack:

        def make(folder: Path | None = None) -> Version:
            made = Version(environ, folder)
            stack.callback(made.close)
            return made

        yield make


def test_jobs_and_requests_go_on_while_one_version_takes_over_from_the_other(
    version: Callable[..., Version], environ: dict[str, str], tmp_path: Path
) -> None:
    old, new = version(), version(newer.make(tmp_path / "next"))
    old.migrate()
    before = old.start(OLD_PROCESSES)
    with closing(Balancer(before.url)) as balancer, Users(balancer).at_work() as users:
        long_jobs = [before.submit(**LONG)]
        before.running(long_jobs[0])
        new.migrate()
        assert succeeded(before, before.submit(epochs=5)), "the old version on the new schema"
        after = new.start(NEW_PROCESSES)
        balancer.urls.append(after.url)
        assert [told_version(client) for client in (before, after)] == [VERSION, NEXT]
        assert succeeded(before, after.submit(epochs=5))
        assert succeeded(after, before.submit(epochs=5))
        long_jobs += [after.submit(**LONG) for _ in range(OLD_PROCESSES + NEW_PROCESSES)]
        until_all_run(after, long_jobs[1:])
        assert old.stop() == [0, 0, 0]
        balancer.urls.remove(before.url)
        jobs = [after.at_rest(job_id) for job_id in long_jobs]
    assert users.failures == []
    assert len(users.accepted) > 10
    assert all(succeeded(after, job_id) for job_id in users.accepted)
    # What the old version had begun, the new one brought to the same end
    assert {job["attempt"] for job in jobs} == {1, 2}
    assert {job["status"] for job in jobs} == {"succeeded"}
    assert len({job["weights_sha256"] for job in jobs}) == 1
    histories = [after.history(job_id) for job_id in long_jobs]
    assert histories == [histories[0]] * len(jobs)
    assert writers(environ) == {None, NEXT}


def until_all_run(client: Client, ids: Sequence[str]) -> None:
    """Wait until these run at the same time: as many as there are processes of both versions."""
    while (statuses := {client.job(job_id)["status"] for job_id in ids}) != {"running"}:
        assert statuses <= {"queued", "running"}
        sleep(0.02)


def succeeded(client: Client, job_id: str) -> bool:
    return bool(client.at_rest(job_id)["status"] == "succeeded")


def told_version(client: Client) -> str:
    return str(client.http.get("/v1").json()["version"])


def writers(environ: Mapping[str, str]) -> set[str | None]:
    """What the jobs' new column holds."""
    own = {name: value for name, value in environ.items() if name.startswith("DESCENTD_")}
    sessions = Sessions.of(Config.from_environment(own))
    with sessions.reading() as session:
        found = set(session.scalars(text("SELECT written_by FROM jobs")))
    sessions.close()
    return found
