"""When to leave a job that has to be handed back: at the end of its running epoch, if near."""

from __future__ import annotations

from collections.abc import Callable

NEAR_SECONDS = 4.0


class Parting:
    """Gives a worker that is told to stop the moment to do so, well within ten seconds.

    The end of the running epoch is near if an epoch like the last would be over within
    `NEAR_SECONDS`, and is waited for no longer than that. Otherwise the epoch is abandoned, and
    done again later, to the same bits.
    """

    def __init__(self, stopping: Callable[[], bool], clock: Callable[[], float]) -> None:
        self._stopping = stopping
        self._clock = clock
        self._epoch_began = clock()
        self._epoch_seconds: float | None = None
        self._deadline: float | None = None

    def epoch_ended(self) -> None:
        """Take note that an epoch is over and the next begins."""
        now = self._clock()
        self._epoch_began, self._epoch_seconds = now, now - self._epoch_began

    def asked(self) -> bool:
        """Whether the worker is to stop: at an epoch's end, do."""
        return self._stopping()

    def due(self) -> bool:
        """Whether to stop amid an epoch."""
        if not self._stopping():
            return False
        now = self._clock()
        if self._deadline is None:
            self._deadline = now + NEAR_SECONDS if self._is_near(now) else now
        return now >= self._deadline

    def _is_near(self, now: float) -> bool:
        if self._epoch_seconds is None:
            return False
        return self._epoch_began + self._epoch_seconds <= now + NEAR_SECONDS
