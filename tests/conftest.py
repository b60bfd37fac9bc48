"""Databases and brokers of one's own for each test, gone after it.

Where a server is missing its tests are skipped; in CI, where none may be missing, they fail.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
import redis

from chaos.servers import Store
from examples.running import service
from service.config import Config
from service.database.migrate import upgrade
from service.database.sessions import Sessions

from .databases import LentPostgres

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379")
NewServer = Callable[[], AbstractContextManager[str]]
REDIS_DATABASES = range(1, 16)
# Their tests start whole services and wait for them. Begun last, each would keep one process busy
# while the others have nothing left to do.
LONGEST_FIRST = ("system", "examples", "web", "client", "deploy", "cli", "worker", "engine")
# Takes a database that is empty, or that an earlier test run left behind; never anyone else's
TAKE_REDIS_DATABASE = """
local abandoned = redis.call('exists', 'descentd:tests') == 1
    and redis.call('exists', 'descentd:tests:owner') == 0
if redis.call('dbsize') > 0 and not abandoned then return 0 end
redis.call('flushdb')
redis.call('set', 'descentd:tests', '1')
redis.call('set', 'descentd:tests:owner', ARGV[1], 'EX', 900)
return 1
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the folders whose files take longest first; the order within a folder stays."""
    folders = {name: place for place, name in enumerate(LONGEST_FIRST)}
    tests = Path(__file__).parent
    items.sort(
        key=lambda item: folders.get(item.path.relative_to(tests).parts[0], len(LONGEST_FIRST))
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: the tests of whole services mostly wait."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def service_url() -> Iterator[str]:
    """The address of a whole service with one worker process, which tests share."""
    with service("--workers", "1") as running:
        yield running.url


@pytest.fixture
def postgres_url(new_postgres: NewServer) -> Iterator[str]:
    """The address of an empty Postgres database of the test's own."""
    with new_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def new_postgres() -> NewServer:
    """Makes empty Postgres databases, for tests that share one among them."""
    return _new_postgres


@contextmanager
def _new_postgres() -> Iterator[str]:
    name = f"descentd_test_{secrets.token_hex(8)}"
    _administer(f'CREATE DATABASE "{name}"')
    try:
        yield f"{POSTGRES}/{name}"
    finally:
        _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(statement: str) -> None:
    try:
        server = psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        _missing(f"no Postgres at {POSTGRES}: {error}")
    with server:
        server.execute(statement.encode())


@pytest.fixture
def redis_url(new_redis: NewServer) -> Iterator[str]:
    """The address of a Redis database that nobody else uses."""
    with new_redis() as url:
        yield url


@pytest.fixture(scope="session")
def new_redis() -> NewServer:
    """Takes Redis databases, for tests that share one among them."""
    return _new_redis


@contextmanager
def _new_redis() -> Iterator[str]:
    number = next((number for number in REDIS_DATABASES if _take(number)), None)
    if number is None:
        pytest.fail("every database of the Redis server is in use")
    try:
        yield f"{REDIS}/{number}"
    finally:
        with redis.Redis.from_url(f"{REDIS}/{number}") as database:
            database.flushdb()


def _take(number: int) -> bool:
    with redis.Redis.from_url(f"{REDIS}/{number}", socket_connect_timeout=3) as database:
        try:
            return database.eval(TAKE_REDIS_DATABASE, 0, secrets.token_hex(8)) == 1
        except redis.ConnectionError as error:
            _missing(f"no Redis at {REDIS}: {error}")


@pytest.fixture(scope="session")
def store_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that speaks S3, in a process of its own; its keys are set."""
    store = Store(tmp_path_factory.mktemp("store"))
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        store.start()
        try:
            yield store.url
        finally:
            store.stop()


@pytest.fixture
def store_client(store_server: str) -> Any:
    """A client of that server, as others write it."""
    return boto3.client("s3", endpoint_url=store_server)


@pytest.fixture
def store_url(store_server: str, store_client: Any) -> str:
    """The address of an empty place in a store, as the setting has it."""
    bucket = f"test-{secrets.token_hex(8)}"
    store_client.create_bucket(Bucket=bucket)
    return f"s3://{bucket}/descentd/here?endpoint={store_server}"


def _missing(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def migrated_postgres(
    new_postgres: NewServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LentPostgres]:
    """One migrated Postgres database, for the tests of this process in turn."""
    with new_postgres() as url:
        # None of these tests cuts the power: no commit needs to wait for the disk
        _administer(f'ALTER DATABASE "{url.rpartition("/")[2]}" SET synchronous_commit = off')
        upgrade(_config(url, tmp_path_factory.mktemp("migrated")))
        yield LentPostgres(url)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    upgrade(_config(f"sqlite:///{folder / 'descentd.db'}", folder))
    return folder / "descentd.db"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database without rows, on each of the two kinds in turn."""
    if request.param == "sqlite":
        file = tmp_path / "descentd.db"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
    else:
        with request.getfixturevalue("migrated_postgres").lent() as url:
            yield url


@pytest.fixture(params=["sqlite", "postgres"])
def bare_config(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    """A configuration on a database without tables, on each of the two kinds in turn."""
    if request.param == "sqlite":
        return _config(f"sqlite:///{tmp_path / 'descentd.db'}", tmp_path)
    return _config(request.getfixturevalue("postgres_url"), tmp_path)


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """A configuration on a migrated database and a data directory of its own."""
    return _config(database_url, tmp_path)


def _config(database_url: str, data_dir: Path) -> Config:
    settings = {"DESCENTD_DATABASE_URL": database_url, "DESCENTD_DATA_DIR": str(data_dir)}
    return Config.from_environment(settings)


@pytest.fixture
def sessions(config: Config) -> Iterator[Sessions]:
    """Sessions on a migrated database, both kinds in turn."""
    opened = Sessions.of(config)
    yield opened
    opened.close()
