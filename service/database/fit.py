"""Whether this code and the schema of the database fit. Where they do not, nothing is done."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from service.database.revisions import Revisions
from service.database.sessions import Sessions
from service.errors import Unfit

BELIEVED_SECONDS = 1.0

log = logging.getLogger(__name__)


class SchemaWatch:
    """Knows whether the schema fits. That it does is believed for a second without looking."""

    def __init__(self, sessions: Sessions, clock: Callable[[], float] = time.monotonic) -> None:
        self._sessions = sessions
        self._clock = clock
        self._revisions = Revisions.own()
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
        state = self._revisions.state_of(session.connection())
        if state.fits:
            self._good_until, self._told = self._clock() + BELIEVED_SECONDS, None
            return
        self._good_until = None
        if self._told != state.applied:
            log.error("no work is done: %s", state.fault)
            self._told = state.applied
        raise Unfit(f"Nothing can be done now: {state.fault}.")
