"""Bring a database to the schema this version needs."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.util import CommandError
from psycopg.errors import DeadlockDetected
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from service.blobs import open_blobs
from service.config import Config
from service.database.engines import make_engine
from service.database.revisions import MIGRATIONS, Revisions
from service.directories import make_private
from service.errors import Unfit

MOST_TRIES = 20
ADVISORY_LOCK = 0x64657363656E7464  # "descentd"

log = logging.getLogger(__name__)


def upgrade(config: Config) -> None:
    """Apply every migration that is missing, all or none; safe to run from many processes, and
    while a service runs.

    Where newer code was here before, nothing is done; raises Unfit if this code does not fit.
    """
    _run(config, _upgrade)


def downgrade(config: Config, revision: str) -> None:
    """Go back to an older revision, as its code needs it, in the same way; raises Unfit where
    newer code was here, which alone knows the way back, and where no older revision has that name.
    """
    _run(config, lambda alembic: _downgrade(alembic, revision))


def _run(config: Config, move: Callable[[AlembicConfig], None]) -> None:
    make_private(config.data_dir)
    engine = make_engine(config)
    try:
        with _alone(config.data_dir):
            for tries_left in reversed(range(MOST_TRIES)):
                try:
                    _run_once(engine, config, move)
                    return
                except OperationalError as error:
                    if not (tries_left and _is_deadlock(error)):
                        raise
                    log.info("the migration met work under way, and begins again")
    finally:
        engine.dispose()


def _upgrade(alembic: AlembicConfig) -> None:
    state = Revisions.own().state_of(alembic.attributes["connection"])
    if not state.is_newer:
        command.upgrade(alembic, "head")
    elif not state.fits:
        raise Unfit(f"Nothing is migrated: {state.fault}.")


def _downgrade(alembic: AlembicConfig, revision: str) -> None:
    state = Revisions.own().state_of(alembic.attributes["connection"])
    if state.is_newer:
        raise Unfit(f"Only newer code can go back: {state.fault}.")
    try:
        command.downgrade(alembic, revision)
    except CommandError as error:
        raise Unfit(f"There is no way back to {revision!r}: {error}.") from error


def _run_once(engine: Engine, config: Config, move: Callable[[AlembicConfig], None]) -> None:
    with engine.begin() as connection:
        _wait_for_other_machines(connection)
        move(_alembic(config, connection))


def _is_deadlock(error: OperationalError) -> bool:
    # What else a service has under way may hold one table and want another; one of us has to yield
    return isinstance(error.orig, DeadlockDetected)


def _alembic(config: Config, connection: Connection) -> AlembicConfig:
    # Not by alembic.ini: what it adds to sys.path is for Alembic's own command
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    settings.attributes["blobs"] = open_blobs(config)
    return settings


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    # Several first opens of one SQLite file fail on its switch to WAL, whatever the timeout
    with (directory / ".migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _wait_for_other_machines(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # Waiting here for a long migration is right; waiting for ever is not
        connection.execute(text("SET LOCAL statement_timeout = '10min'"))
        lock = text("SELECT pg_advisory_xact_lock(:lock)")
        connection.execute(lock, {"lock": ADVISORY_LOCK})
