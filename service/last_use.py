"""Keeps when each key was last used, from a thread of its own: no request waits for it."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from service import auth
from service.database.sessions import Sessions
from service.database.types import now

CLOSING_SECONDS = 1.0

log = logging.getLogger(__name__)


class LastUse:
    """Writes at most once a minute for each key, however many requests and processes there are."""

    def __init__(self, sessions: Sessions, clock: Callable[[], float] = time.monotonic) -> None:
        self._sessions = sessions
        self._clock = clock
        self._told: dict[str, float] = {}
        self._pending: queue.SimpleQueue[tuple[str, datetime] | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def note(self, key_id: str) -> None:
        """The key was used just now. Returns at once and never raises."""
        moment = self._clock()
        told = self._told.get(key_id)
        if told is not None and moment - told < auth.USE_IS_TOLD_AFTER.total_seconds():
            return
        self._told[key_id] = moment
        self._ensure_thread()
        self._pending.put((key_id, now()))

    def close(self) -> None:
        """Write what is pending, for a second at most."""
        if self._thread is not None:
            self._pending.put(None)
            self._thread.join(CLOSING_SECONDS)

    def _ensure_thread(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="last use", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while (used := self._pending.get()) is not None:
            try:
                with self._sessions.writing() as session:
                    auth.tell_use(session, *used)
                    session.commit()
            except SQLAlchemyError as error:
                log.debug("the last use of %s is not kept: %s", used[0], error)
