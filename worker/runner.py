"""Works jobs off: claim → train → record → finish or fail, until nothing is claimable."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError

from engine.model import Model
from engine.preprocessing import Preprocessing, Table, prepare
from engine.range_test import LearningRateSearch
from engine.records import EpochRecord
from engine.starting_point import StartingPoint
from engine.training import Training
from service import claims, datasets, starting_points
from service.blobs import Blobs
from service.database.sessions import Sessions
from service.errors import ClaimLost
from service.fences import Claim
from worker import faults, heartbeat
from worker.heartbeat import Heartbeat
from worker.recorder import Recorder

log = logging.getLogger(__name__)


class Runner:
    """One process's work. ``stopping`` says when to hand the running job back and take no more.

    ``environment`` is what the numbers depend on, kept with each attempt. ``beat_seconds`` must
    be well below the lease after which a silent worker's job is taken back.
    """

    def __init__(
        self,
        sessions: Sessions,
        blobs: Blobs,
        worker_id: str,
        *,
        environment: Mapping[str, Any],
        stopping: Callable[[], bool],
        beat_seconds: float = heartbeat.INTERVAL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sessions = sessions
        self._blobs = blobs
        self._worker_id = worker_id
        self._environment = environment
        self._stopping = stopping
        self._beat_seconds = beat_seconds
        self._clock = clock

    def run_until_idle(self) -> None:
        """Carry out the best queued job, then the next, until none is left or it is time to stop.

        Raises only what the database's client raises where the database is out of reach.
        """
        while not self._stopping():
            claim = self._claim()
            if claim is None:
                return
            self._carry_out(claim)

    def _claim(self) -> Claim | None:
        with self._sessions.writing() as session:
            claim = claims.claim(session, self._worker_id, self._environment)
            session.commit()
        return claim

    def _carry_out(self, claim: Claim) -> None:
        log.info("job %s, attempt %d (%s)", claim.job_id, claim.attempt, claim.traceparent)
        try:
            self._train(claim)
        except ClaimLost:
            log.info("job %s is no longer this worker's", claim.job_id)
        except (OperationalError, InterfaceError):
            # Without a beat the job goes to another attempt, once the database is back.
            log.exception("job %s is left: the database is out of reach", claim.job_id)
            raise
        except Exception as error:
            self._fail(claim, error)

    def _train(self, claim: Claim) -> None:
        with Heartbeat(partial(self._beat, claim), self._beat_seconds) as heart:
            table, start = self._material(claim)
            prepared = prepare(claim.spec, table, start.preprocessing if start else None)

            def write(records: Sequence[EpochRecord]) -> None:
                self._record(claim, records, training.search)

            def keep_going() -> bool:
                recorder.tick()
                return not (heart.lost or self._stopping())

            recorder = Recorder(write, self._clock)
            training = Training(
                claim.spec,
                prepared.data,
                keep_going=keep_going,
                starting=start.parameters if start else None,
            )
            for record in training.records():
                recorder.add(record)
            self._conclude(claim, recorder.pending, training, prepared.preprocessing)

    def _material(self, claim: Claim) -> tuple[Table, StartingPoint | None]:
        """The job's rows, and what it goes on from, if anything."""
        with self._sessions.reading() as session:
            table = datasets.table_of(session, self._blobs, claim.tenant_id, claim.dataset)
            return table, starting_points.load(session, claim.tenant_id, claim.job_id)

    def _beat(self, claim: Claim) -> bool:
        with self._sessions.writing() as session:
            holds = claims.beat(session, claim)
            session.commit()
        return holds

    def _record(
        self, claim: Claim, records: Sequence[EpochRecord], search: LearningRateSearch | None
    ) -> None:
        with self._sessions.writing() as session:
            claims.record(session, claim, records, search)
            session.commit()

    def _conclude(
        self,
        claim: Claim,
        pending: Sequence[EpochRecord],
        training: Training,
        preprocessing: Preprocessing,
    ) -> None:
        """Write the last records and the end, or the handing back, in one transaction."""
        outcome = training.outcome
        with self._sessions.writing() as session:
            claims.record(session, claim, pending, training.search)
            if outcome is None:
                claims.release(session, claim)
            else:
                model = Model(claim.spec, preprocessing, outcome.parameters)
                claims.finish(session, claim, outcome, model)
            session.commit()
        log.info("job %s: %s", claim.job_id, outcome.stop_reason if outcome else "handed back")

    def _fail(self, claim: Claim, error: Exception) -> None:
        code, message = faults.describe(error)
        log.error("job %s failed: %s", claim.job_id, message, exc_info=error)
        with suppress(ClaimLost), self._sessions.writing() as session:
            claims.fail(session, claim, code, message)
            session.commit()
