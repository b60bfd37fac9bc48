"""Whether this code and the schema of the database fit. Where they do not, nothing is done."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from service.database.sessions import Sessions
from service.errors import Unfit

MIGRATIONS = Path(__file__).parents[2] / "migrations"
OLDEST_REVISION = "0011"
"""The oldest schema this code works on; the newest is the last of its own migrations."""

BELIEVED_SECONDS = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The revision a database is at (None: untouched), and those this code fits, newest first."""

    applied: str | None
    fitting: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return self.applied in self.fitting

    @property
    def needed(self) -> str:
        """The revision that upgrading leads to."""
        return self.fitting[0]

    @property
    def fault(self) -> str:
        """What is wrong where it does not fit, for people."""
        oldest, newest = self.fitting[-1], self.fitting[0]
        wanted = newest if oldest == newest else f"{oldest} to {newest}"
        return f"the database is at {self.applied or 'no revision'}, this version needs {wanted}"


def fitting_revisions() -> tuple[str, ...]:
    """The revisions this code fits, newest first, as its own migrations tell."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    walked = scripts.walk_revisions(base=OLDEST_REVISION, head="head")
    return tuple(script.revision for script in walked)


def applied_revision(session: Session) -> str | None:
    """The revision the database is at; None where no migration has touched it."""
    if not inspect(session.connection()).has_table("alembic_version"):
        return None
    found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def schema_state(session: Session) -> SchemaState:
    """Compare the database's revision with those that fit."""
    return SchemaState(applied_revision(session), fitting_revisions())


class SchemaWatch:
    """Knows whether the schema fits. That it does is believed for a second without looking."""

    def __init__(self, sessions: Sessions, clock: Callable[[], float] = time.monotonic) -> None:
        self._sessions = sessions
        self._clock = clock
        self._fitting = fitting_revisions()
        self._good_until: float | None = None
        self._told: str | None = None

    def require(self) -> None:
        """Raise Unfit where the schema does not fit."""
        if self._good_until is not None and self._clock() < self._good_until:
            return
        self.look()

    def look(self) -> None:
        """The same, whatever was believed."""
        with self._sessions.reading() as session:
            self.require_in(session)

    def require_in(self, session: Session) -> None:
        """The same in the transaction of this session."""
        state = SchemaState(applied_revision(session), self._fitting)
        if state.fits:
            self._good_until, self._told = self._clock() + BELIEVED_SECONDS, None
            return
        self._good_until = None
        if self._told != state.applied:
            log.error("no work is done: %s", state.fault)
            self._told = state.applied
        raise Unfit(f"Nothing can be done now: {state.fault}.")
