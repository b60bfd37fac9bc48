"""Lets a thread of its own write ended jobs to a tracking server: no job waits for that."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from service import mlflow_runs
from service.database.sessions import Sessions
from service.database.types import now
from service.errors import NotFound
from service.mlflow_runs import Writing
from service.retries import delay_seconds

CLOSING_SECONDS = 5.0
# Of the wall clocks that note a job's end, the slowest is behind by less than this
LOOK_BACK = timedelta(minutes=10)
WHOLE_LOOK_SECONDS = 3600.0
LONGEST_REST_SECONDS = 300.0

log = logging.getLogger(__name__)


class LostError(Exception):
    """Another has taken the job that was being written."""


class Writer(Protocol):
    """The part of `worker.mlflow_writer.MlflowWriter` that tracking uses."""

    def write(self, writing: Writing, reached: Callable[[str, int | None], None]) -> None: ...


class Tracking:
    """Several may run at once: each job is claimed first, and what a process that dies had
    claimed is due again when its lease is over.
    """

    def __init__(
        self,
        sessions: Sessions,
        writer: Writer,
        clock: Callable[[], float],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._sessions = sessions
        self._writer = writer
        self._clock = clock
        self._chance = chance
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._failures = 0
        self._earlier: datetime | None = None
        self._rests_until = self._looks_whole_at = clock()

    def write_what_is_due(self) -> None:
        """Let the thread write what is due, and return at once."""
        if self._over.is_set() or self._clock() < self._rests_until or self._is_writing():
            return
        if self._earlier is None and self._clock() >= self._looks_whole_at:
            self._earlier = now()
        with self._sessions.reading() as session:
            is_any = mlflow_runs.is_any(session, now() - LOOK_BACK, self._earlier)
        if not is_any:
            self._looked()
            return
        # A daemon: a server that is slow must not keep the process from ending
        self._thread = threading.Thread(target=self._write_all, name="mlflow", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Begin nothing more, and give what is being written a few seconds to end."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(CLOSING_SECONDS)

    def _is_writing(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _looked(self) -> None:
        if self._earlier is not None:
            self._earlier = None
            self._looks_whole_at = self._clock() + WHOLE_LOOK_SECONDS

    def _write_all(self) -> None:
        try:
            while not self._over.is_set():
                with self._sessions.writing() as session:
                    writing = self._claim(session)
                    session.commit()
                if writing is None or not self._write(writing):
                    return
        except Exception as error:  # the database may be away for a while
            log.warning("what was written to MLflow is not noted, and is written again: %s", error)

    def _claim(self, session: Session) -> Writing | None:
        """What was begun goes first, then what ended of late, and at last what ended earlier."""
        writing = mlflow_runs.claim_begun(session)
        writing = writing or mlflow_runs.claim_recent(session, now() - LOOK_BACK)
        if writing is None and self._earlier is not None:
            # From the latest back: those that were seen are not looked at once more
            writing = mlflow_runs.claim_earlier(session, self._earlier)
            if writing is None:
                self._looked()
            else:
                self._earlier = writing.finished_at
        return writing

    def _write(self, writing: Writing) -> bool:
        """Whether to go on: where a job could not be written, the server may be away."""
        noted = [writing]
        try:
            self._writer.write(writing, lambda run_id, epoch: self._reached(noted, run_id, epoch))
        except (LostError, NotFound):
            return True
        except Exception as error:
            self._failed(noted[-1], error)
            return False
        self._failures = 0
        with self._sessions.writing() as session:
            mlflow_runs.written(session, noted[-1])
            session.commit()
        return True

    def _reached(self, noted: list[Writing], run_id: str, epoch: int | None) -> None:
        with self._sessions.writing() as session:
            renewed = mlflow_runs.reached(session, noted[-1], run_id, epoch)
            session.commit()
        if renewed is None:
            raise LostError
        noted.append(renewed)

    def _failed(self, writing: Writing, error: Exception) -> None:
        log.warning("%s is not written to MLflow yet: %s", writing.job_id, error)
        self._failures += 1
        rest = delay_seconds(self._failures, self._chance)
        self._rests_until = self._clock() + min(rest, LONGEST_REST_SECONDS)
        with self._sessions.writing() as session:
            delay = delay_seconds(writing.failures + 1, self._chance)
            mlflow_runs.failed(session, writing, delay)
            session.commit()
