"""Bring a database to the schema this version needs, and tell whether it has it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from service.config import Config
from service.database.engines import make_engine
from service.directories import make_private

MIGRATIONS = Path(__file__).parents[2] / "migrations"
ADVISORY_LOCK = 0x64657363656E7464  # "descentd"


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Which revision the database is at (None: untouched), and which one this code needs."""

    applied: str | None
    needed: str

    @property
    def fits(self) -> bool:
        return self.applied == self.needed


def upgrade(config: Config) -> None:
    """Apply every migration that is missing, all or none; safe to run from many processes."""
    make_private(config.data_dir)
    engine = make_engine(config)
    try:
        with _alone(config.data_dir), engine.begin() as connection:
            _wait_for_other_machines(connection)
            command.upgrade(_alembic(config, connection), "head")
    finally:
        engine.dispose()


def schema_state(session: Session) -> SchemaState:
    """Compare the database's revision with the newest one of this checkout."""
    needed = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert needed is not None, "the checkout has no migrations"
    applied = MigrationContext.configure(session.connection()).get_current_revision()
    return SchemaState(applied, needed)


def _alembic(config: Config, connection: Connection) -> AlembicConfig:
    # Not by alembic.ini: what it adds to sys.path is for Alembic's own command
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    settings.attributes["data_dir"] = config.data_dir
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
