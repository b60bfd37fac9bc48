"""Whole services, as real processes: on what needs no server, and on Postgres and Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack

import pytest

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


@pytest.fixture
def client(service: Service) -> Client:
    return service.client
