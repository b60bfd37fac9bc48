"""The two ways to run the service: embedded, and on Postgres and Redis."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

import httpx
import psycopg
import redis

from examples.running import service

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379")

REDIS_DATABASES = range(1, 16)
TAKE_IF_EMPTY = """
if redis.call('dbsize') > 0 then return 0 end
redis.call('set', 'descentd:benchmarks', '1')
return 1
"""

EMBEDDED = "embedded (SQLite, files)"
SERVERS = "Postgres and Redis"


@contextmanager
def client(stack: str) -> Iterator[httpx.Client]:
    """A client of a service that was just started on `stack`, and is stopped after the block."""
    with (
        STACKS[stack]() as settings,
        service(settings=settings) as running,
        httpx.Client(base_url=running.url, timeout=90, trust_env=False) as http,
    ):
        yield http


def available() -> list[str]:
    """The stacks this machine can run; a missing server is said."""
    try:
        psycopg.connect(f"{POSTGRES}/postgres", connect_timeout=3).close()
        redis.Redis.from_url(REDIS, socket_connect_timeout=3).ping()
    except (psycopg.OperationalError, redis.ConnectionError) as error:
        print(f"left out: {SERVERS} ({error})")
        return [EMBEDDED]
    return [EMBEDDED, SERVERS]


@contextmanager
def _embedded() -> Iterator[Mapping[str, str]]:
    yield {}


@contextmanager
def _servers() -> Iterator[Mapping[str, str]]:
    with _postgres_database() as database, _redis_database() as broker:
        yield {"DESCENTD_DATABASE_URL": database, "DESCENTD_BROKER_URL": broker}


@contextmanager
def _postgres_database() -> Iterator[str]:
    name = f"descentd_bench_{secrets.token_hex(6)}"
    _administer(f'CREATE DATABASE "{name}"')
    try:
        yield f"{POSTGRES}/{name}"
    finally:
        _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(statement: str) -> None:
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as server:
        server.execute(statement.encode())


@contextmanager
def _redis_database() -> Iterator[str]:
    url = next(url for number in REDIS_DATABASES if _take(url := f"{REDIS}/{number}"))
    try:
        yield url
    finally:
        with redis.Redis.from_url(url) as database:
            database.flushdb()


def _take(url: str) -> bool:
    with redis.Redis.from_url(url) as database:
        return bool(database.eval(TAKE_IF_EMPTY, 0) == 1)


STACKS: Mapping[str, Callable[[], AbstractContextManager[Mapping[str, str]]]] = {
    EMBEDDED: _embedded,
    SERVERS: _servers,
}
