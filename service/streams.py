"""Who waits for which job: one thread looks for all of them, and only while someone waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from service.errors import Busy
from service.jobs import Mark

INTERVAL_SECONDS = 0.025
AFTER_FAILURE_SECONDS = 1.0

logger = logging.getLogger(__name__)

Look = Callable[[Collection[str]], Mapping[str, Mark]]
"""Job ids in, the mark of each that exists out; opens and closes its own session."""

IsOver = Callable[[Mark | None], bool]
"""Whether a wait is over, by the job's mark; None stands for a job that is gone."""


@dataclass(eq=False, slots=True)
class _Wait:
    """One request, held."""

    job_id: str
    is_over: IsOver
    over: threading.Event = field(default_factory=threading.Event)


class Waiters:
    """Holds at most `budget` requests at once; while held they keep no database session.

    The notifier starts with the first wait and rests while nobody waits, so an idle service
    asks the database nothing, and a process that forks before its first wait loses nothing.
    """

    def __init__(self, look: Look, budget: int, interval_seconds: float = INTERVAL_SECONDS) -> None:
        self._look = look
        self._slots = threading.BoundedSemaphore(budget)
        self._interval_seconds = interval_seconds
        self._waits: set[_Wait] = set()
        self._changed = threading.Condition()
        self._notifier: threading.Thread | None = None
        self._closed = False

    def wait(self, job_id: str, is_over: IsOver, seconds: float) -> None:
        """Return when the wait is over or `seconds` are; raises Busy beyond the budget."""
        if not self._slots.acquire(blocking=False):
            raise Busy("As many requests are waiting as this service holds at once.")
        try:
            self._hold(_Wait(job_id, is_over), seconds)
        finally:
            self._slots.release()

    def close(self) -> None:
        """Let every held request go at once: the service is stopping."""
        with self._changed:
            self._closed = True
            for wait in self._waits:
                wait.over.set()
            self._changed.notify_all()

    def _hold(self, wait: _Wait, seconds: float) -> None:
        with self._changed:
            if self._closed:
                return
            self._waits.add(wait)
            self._start_notifier()
            self._changed.notify_all()
        try:
            wait.over.wait(seconds)
        finally:
            with self._changed:
                self._waits.discard(wait)

    def _start_notifier(self) -> None:
        if self._notifier is None or not self._notifier.is_alive():
            self._notifier = threading.Thread(target=self._notify, name="notifier", daemon=True)
            self._notifier.start()

    def _notify(self) -> None:
        while waits := self._next_waits():
            pause_seconds = self._look_for(waits)
            with self._changed:
                self._changed.wait_for(lambda: self._closed, pause_seconds)

    def _next_waits(self) -> list[_Wait]:
        with self._changed:
            self._changed.wait_for(lambda: self._waits or self._closed)
            return [] if self._closed else list(self._waits)

    def _look_for(self, waits: list[_Wait]) -> float:
        try:
            marks = self._look({wait.job_id for wait in waits})
        except Exception:
            # The database may be back before the waits are over; if not, they end by time.
            logger.exception("could not look for the jobs that are waited for")
            return AFTER_FAILURE_SECONDS
        for wait in waits:
            if wait.is_over(marks.get(wait.job_id)):
                wait.over.set()
        return self._interval_seconds
