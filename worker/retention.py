"""Removes by the clock what the operator does not want to keep."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from service import retention
from service.blobs import Blobs
from service.database.sessions import Sessions
from service.database.types import now

JOBS_AT_ONCE = 1000
TURN_SECONDS = 0.5

log = logging.getLogger(__name__)


class Retention:
    """Removes jobs and datasets older than `days`, in transactions that keep nobody waiting.

    What takes longer than `TURN_SECONDS` is left for the next turn. Several may run at once: what
    one has removed the others do not find.
    """

    def __init__(
        self, sessions: Sessions, blobs: Blobs, days: float, clock: Callable[[], float]
    ) -> None:
        self._sessions = sessions
        self._blobs = blobs
        self._age = timedelta(days=days)
        self._clock = clock

    def remove_what_is_old(self) -> None:
        over = self._clock() + TURN_SECONDS
        before = now() - self._age
        self._take_jobs_out_of_sight(before)
        steps = (self._clear_job, self._clear_dataset)
        for step in steps:
            while step(before):
                if self._clock() >= over:
                    return

    def _take_jobs_out_of_sight(self, before: datetime) -> None:
        with self._sessions.writing() as session:
            count = retention.take_out_of_sight(session, before, JOBS_AT_ONCE)
            session.commit()
        if count:
            log.info("%d jobs that ended before %s are removed", count, before)

    def _clear_job(self, before: datetime) -> bool:
        """Clear a piece of some removed job; False if there is none."""
        with self._sessions.writing() as session:
            job_id = retention.removed_job(session, before)
            if job_id is None:
                return False
            had_epochs = retention.clear_epochs(session, job_id)
            blobs = [] if had_epochs else retention.clear_job(session, job_id)
            session.commit()
        self._delete(blobs)
        return True

    def _clear_dataset(self, before: datetime) -> bool:
        """Remove some old dataset that no job needs; False if there is none."""
        with self._sessions.writing() as session:
            dataset_id = retention.old_dataset(session, before)
            if dataset_id is None:
                return False
            blobs = retention.clear_dataset(session, dataset_id)
            session.commit()
        self._delete(blobs)
        return True

    def _delete(self, blobs: Iterable[str]) -> None:
        for name in blobs:
            self._blobs.delete(name)
