"""Which revisions of the schema this code knows, and how the one of a database compares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, insert, inspect, select, text
from sqlalchemy.orm import Session

from service.database.service_tables import SchemaFit

MIGRATIONS = Path(__file__).parents[2] / "migrations"
OLDEST_REVISION = "0011"
"""The oldest schema this code works on; the newest of its own is the last of its migrations."""


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The revision a database is at (None: untouched) beside what this code can tell of it.

    `known` are the revisions of this code, newest first, and `fitting` the first of them.
    `oldest_code` is what the database says: the newest revision known to the oldest code that
    works on it (None: it does not say).
    """

    applied: str | None
    known: tuple[str, ...]
    fitting: tuple[str, ...]
    oldest_code: str | None = None

    @property
    def is_newer(self) -> bool:
        """Whether newer code brought the database to where it is."""
        return self.applied is not None and self.applied not in self.known

    @property
    def fits(self) -> bool:
        if self.is_newer:
            return self.oldest_code in self.known
        return self.applied in self.fitting

    @property
    def needed(self) -> str:
        """The revision that upgrading leads to."""
        return self.known[0]

    @property
    def fault(self) -> str:
        """What is wrong where it does not fit, for people."""
        oldest, newest = self.fitting[-1], self.fitting[0]
        wanted = newest if oldest == newest else f"{oldest} to {newest}"
        return f"the database is at {self.applied or 'no revision'}, this version needs {wanted}"


@dataclass(frozen=True, slots=True)
class Revisions:
    """The revisions this code knows by its own migrations, newest first."""

    known: tuple[str, ...]
    oldest: str = OLDEST_REVISION

    @classmethod
    def own(cls) -> Self:
        return cls(_own_revisions())

    def state_of(self, connection: Connection) -> SchemaState:
        """Compare a database with them, in the transaction of this connection."""
        applied = _applied(connection)
        is_unknown = applied is not None and applied not in self.known
        return self.compare(applied, _oldest_code(connection, applied) if is_unknown else None)

    def compare(self, applied: str | None, oldest_code: str | None) -> SchemaState:
        """Compare what a database tells of itself with them."""
        fitting = self.known[: self.known.index(self.oldest) + 1]
        return SchemaState(applied, self.known, fitting, oldest_code)


def schema_state(session: Session) -> SchemaState:
    """Compare the database's revision with those that fit."""
    return Revisions.own().state_of(session.connection())


def declare(connection: Connection) -> None:
    """Write into a database which code fits it: what the migration that it is at says of that.

    A migration that says nothing, by `oldest_code`, fits its own code alone.
    """
    applied = _applied(connection)
    if applied is None or not _has_table(connection, SchemaFit.__tablename__):
        return
    module = _scripts().get_revision(applied).module
    row = {"revision": applied, "oldest_code": getattr(module, "oldest_code", applied)}
    connection.execute(delete(SchemaFit))
    connection.execute(insert(SchemaFit).values(row))


@cache
def _own_revisions() -> tuple[str, ...]:
    # Each of them is a module to be run, and they are asked for often
    return tuple(script.revision for script in _scripts().walk_revisions())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def _applied(connection: Connection) -> str | None:
    if not _has_table(connection, "alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _oldest_code(connection: Connection, applied: str | None) -> str | None:
    if not _has_table(connection, SchemaFit.__tablename__):
        return None
    said = select(SchemaFit.oldest_code).where(SchemaFit.revision == applied)
    return connection.scalar(said)


def _has_table(connection: Connection, name: str) -> bool:
    return inspect(connection).has_table(name)
