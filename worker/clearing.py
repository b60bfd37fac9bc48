"""Clears away blobs that no row names, once it is certain that none will."""

from __future__ import annotations

import logging
from collections.abc import Callable

from service import unnamed_blobs
from service.blobs import Blobs
from service.database.sessions import Sessions

UNNAMED_SECONDS = 3600.0

log = logging.getLogger(__name__)


class Clearing:
    """Removes what was unnamed at every look for an hour of this process's own ``clock``.

    A blob is put before the row that names it: the hour is far longer than any transaction. No
    file's time decides, which a machine's clock may have set wrong.
    """

    def __init__(self, sessions: Sessions, blobs: Blobs, clock: Callable[[], float]) -> None:
        self._sessions = sessions
        self._blobs = blobs
        self._clock = clock
        self._first_seen: dict[str, float] = {}

    def clear_unnamed_blobs(self) -> None:
        now = self._clock()
        names = list(self._blobs.names())
        with self._sessions.reading() as session:
            unnamed = list(unnamed_blobs.among(session, names))
        self._first_seen = {name: self._first_seen.get(name, now) for name in unnamed}
        for name, first_seen in self._first_seen.items():
            if now - first_seen >= UNNAMED_SECONDS:
                log.info("%s is cleared away: nothing names it", name)
                self._blobs.delete(name)
