"""Throws away what was kept for a while only."""

from __future__ import annotations

from service import idempotency, presence, uploads
from service.database.sessions import Sessions


class Housekeeping:
    """Several may run at once: what one has thrown away the others do not find."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def forget_expired_keys(self) -> None:
        """Remove the idempotency keys that are older than the day they are kept for, and those of
        uploads whose process died.
        """
        with self._sessions.writing() as session:
            idempotency.forget_expired(session)
            uploads.forget_left(session)
            session.commit()

    def add_up_processes_gone(self) -> None:
        """Keep what processes counted that have not reported for an hour, in one row."""
        with self._sessions.writing() as session:
            presence.add_up_the_gone(session)
            session.commit()
