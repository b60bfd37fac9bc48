"""Whole services, as real processes: on what needs no server, and on Postgres and Redis."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict

import pytest

from chaos import work
from chaos.work import Ending

from .stack import Client, Service, serving, settings

NewServer = Callable[[], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service on SQLite and the embedded broker, with two worker processes."""
    environ = settings(tmp_path_factory.mktemp("embedded") / "data")
    with serving(environ, "up", "--workers", "2") as service:
        yield service


@pytest.fixture(scope="session")
def servers(
    tmp_path_factory: pytest.TempPathFactory, new_postgres: NewServer, new_redis: NewServer
) -> Iterator[Service]:
    """A service on Postgres and Redis, with two worker processes."""
    with ExitStack() as lent:
        environ = settings(
            tmp_path_factory.mktemp("servers") / "data",
            database_url=lent.enter_context(new_postgres()),
            broker_url=lent.enter_context(new_redis()),
        )
        with serving(environ, "up", "--workers", "2") as service:
            yield service


@pytest.fixture(params=["embedded", "servers"])
def service(request: pytest.FixtureRequest) -> Service:
    """A running service that tests share, of each kind in turn."""
    shared: Service = request.getfixturevalue(request.param)
    return shared


@pytest.fixture(scope="session")
def undisturbed_jobs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Ending]:
    """How the jobs end that faults are done to; run once for all processes of the tests."""
    # Of one run of the tests, in whichever process: each has a folder of its own in it
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    kept = folder / "undisturbed.json"
    with (folder / "undisturbed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            endings = {name: asdict(ending) for name, ending in work.undisturbed().items()}
            kept.write_text(json.dumps(endings))
    return {name: Ending(**ending) for name, ending in json.loads(kept.read_text()).items()}


@pytest.fixture
def client(service: Service) -> Client:
    return service.client
