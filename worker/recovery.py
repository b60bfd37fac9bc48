"""Puts right what was lost: jobs of workers that are gone, and wake-ups that never came."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from service import leases, surfaces
from service.database.sessions import Sessions
from service.leases import Pulse

MOST_WAKE_UPS = 32

log = logging.getLogger(__name__)


class WakeUps(Protocol):
    """The part of `service.queue.Sender` that recovery uses."""

    def send(self) -> None: ...

    def waiting(self) -> int: ...


class Recovery:
    """Looks at regular intervals. No wall clock decides, neither a machine's nor the database's:
    what counts is how long something stood still by this process's own monotonic ``clock``.

    Several may run at once: each move is guarded, and a wake-up too many finds nothing to do.
    """

    def __init__(
        self,
        sessions: Sessions,
        wake_ups: WakeUps,
        lease_seconds: float,
        clock: Callable[[], float],
    ) -> None:
        self._sessions = sessions
        self._wake_ups = wake_ups
        self._lease_seconds = lease_seconds
        self._clock = clock
        self._first_seen: dict[Pulse, float] = {}
        self._overlooked = False

    def take_back_lost_jobs(self) -> None:
        """Queue again, or at last fail, the jobs whose workers showed no life for a lease."""
        for pulse in self._stalled():
            with self._sessions.writing() as session:
                taken = leases.take_back(session, pulse)
                session.commit()
            if taken:
                log.warning("job %s is taken back, its worker is silent", pulse.job_id)
                self._wake_ups.send()

    def wake_overlooked_jobs(self) -> None:
        """Send wake-ups if at two looks running jobs are queued, or surfaces wanted, and no message
        waits for a worker.

        The first look alone may have come between a commit and its message, or between a message
        and its claim.
        """
        with self._sessions.reading() as session:
            queued = leases.waiting(session).count + surfaces.waiting(session)
        overlooked = queued > 0 and self._wake_ups.waiting() == 0
        if overlooked and self._overlooked:
            for _ in range(min(queued, MOST_WAKE_UPS)):
                self._wake_ups.send()
        self._overlooked = overlooked

    def _stalled(self) -> list[Pulse]:
        now = self._clock()
        with self._sessions.reading() as session:
            pulses = leases.pulses(session)
        self._first_seen = {pulse: self._first_seen.get(pulse, now) for pulse in pulses}
        return [
            pulse
            for pulse, first_seen in self._first_seen.items()
            if now - first_seen >= self._lease_seconds
        ]
