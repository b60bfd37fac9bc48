"""Who waits for which job: one thread looks for all of them, and only while someone waits."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from service.jobs import Mark

INTERVAL_SECONDS = 0.025
AFTER_FAILURE_SECONDS = 1.0
LAST_LOOK_SECONDS = 5.0
# A look that takes long is followed by so many times as long a pause; but one that was held up,
# as while hundreds come at once, must not make all of them wait for seconds.
PAUSE_TO_LOOK = 4
LONGEST_PAUSE_SECONDS = 0.25

logger = logging.getLogger(__name__)

Look = Callable[[Collection[str]], Mapping[str, Mark]]
"""Job ids in, the mark of each that exists out; opens and closes its own session."""

IsOver = Callable[[Mark | None], bool]
"""Whether a wait is over, by the job's mark; None stands for a job that is gone."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What ended a wait; None for a job that is gone."""

    mark: Mark | None


@dataclass(eq=False, slots=True)
class _Wait:
    """One thread, held."""

    job_id: str
    is_over: IsOver
    over: threading.Event = field(default_factory=threading.Event)
    seen: Seen | None = None


class Notifier:
    """Holds threads until their job is as they want it; while held they keep no database session.

    The looking thread starts with the first wait and rests while nobody waits, so an idle service
    asks the database nothing, and a process that forks before its first wait loses nothing.
    """

    def __init__(self, look: Look, interval_seconds: float = INTERVAL_SECONDS) -> None:
        self._look = look
        self._interval_seconds = interval_seconds
        self._waits: set[_Wait] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed

    def wait(self, job_id: str, is_over: IsOver, seconds: float) -> Seen | None:
        """Return when the wait is over, with what ended it; None if the time or the service is."""
        wait = _Wait(job_id, is_over)
        with self._changed:
            if self._closed:
                return None
            self._waits.add(wait)
            self._start()
            if len(self._waits) == 1:  # with others waiting, it looks again by itself
                self._changed.notify_all()
        try:
            wait.over.wait(seconds)
        finally:
            with self._changed:
                self._waits.discard(wait)
        return wait.seen

    def close(self) -> None:
        """Let everyone go at once: the service is stopping. Returns when nothing is looked for."""
        with self._changed:
            self._closed = True
            for wait in self._waits:
                wait.over.set()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(LAST_LOOK_SECONDS)

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._notify, name="notifier", daemon=True)
            self._thread.start()

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
        began = time.monotonic()
        try:
            marks = self._look({wait.job_id for wait in waits})
        except Exception:
            # The database may be back before the waits are over; if not, they end by time.
            logger.exception("could not look for the jobs that are waited for")
            return AFTER_FAILURE_SECONDS
        for wait in waits:
            mark = marks.get(wait.job_id)
            if wait.is_over(mark):
                wait.seen = Seen(mark)
                wait.over.set()
        pause_seconds = min(PAUSE_TO_LOOK * (time.monotonic() - began), LONGEST_PAUSE_SECONDS)
        return max(self._interval_seconds, pause_seconds)
