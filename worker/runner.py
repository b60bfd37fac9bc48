"""Works jobs off: claim → train → record → finish or fail, until nothing is claimable.

Between two jobs it draws a surface that someone waits for.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from structlog.contextvars import bound_contextvars

from service import claims, heartbeat
from service.blobs import Blobs
from service.database.fit import SchemaWatch
from service.database.sessions import Sessions
from service.errors import ClaimLost, Unfit
from service.fences import Claim
from service.telemetry import CONSUMER, Span, Tracing, Untraced
from worker import faults
from worker.attempt import Attempt, Terms
from worker.ledger import Ledger, News
from worker.surveyor import Surveyor

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
        most_seconds: float | None = None,
        tracing: Tracing | None = None,
        most_of_a_tenant: int | None = None,
    ) -> None:
        self._sessions = sessions
        self._schema = SchemaWatch(sessions)
        self._blobs = blobs
        self._worker_id = worker_id
        self._environment = environment
        self._stopping = stopping
        self._most_of_a_tenant = most_of_a_tenant
        self._surveyor = Surveyor(sessions, blobs, stopping)
        self._tracing = tracing or Untraced()
        self._terms = Terms(stopping, beat_seconds, clock, most_seconds)

    def run_until_idle(self) -> None:
        """Carry out the best queued job, then the next, until none is left or it is time to stop,
        and draw the surfaces that are wanted.

        Raises only what the database's client raises where the database is out of reach.
        """
        while not self._stopping():
            try:
                if not self._work():
                    return
            except Unfit:
                return

    def _work(self) -> bool:
        """One surface, then one job, so that neither is starved; False if there was neither."""
        self._schema.require()
        has_drawn = self._surveyor.draw_one()
        claim = self._claim()
        if claim is not None:
            with bound_contextvars(**_marks(claim)):
                self._carry_out(claim)
        return has_drawn or claim is not None

    def _claim(self) -> Claim | None:
        with self._sessions.writing() as session:
            self._schema.require_in(session)
            claim = claims.claim(
                session, self._worker_id, self._environment, self._most_of_a_tenant
            )
            session.commit()
        return claim

    def _carry_out(self, claim: Claim) -> None:
        log.info("job %s is begun", claim.job_id)
        try:
            with self._traced(claim) as span:
                Attempt(self._sessions, self._blobs, claim, self._terms, span).run()
        except ClaimLost:
            log.info("job %s is no longer this worker's", claim.job_id)
        except SQLAlchemyError:
            # Without a beat the job goes to another attempt, once the database is well again.
            log.exception("job %s is left: the database refuses", claim.job_id)
            raise
        except Exception as error:
            self._fail(claim, error)

    @contextmanager
    def _traced(self, claim: Claim) -> Iterator[Span]:
        """A span of the attempt, below that of the request the job came with."""
        named = {f"descentd.{name}": value for name, value in _marks(claim).items()}
        span = self._tracing.begin("attempt", CONSUMER, claim.traceparent, named)
        try:
            yield span
        except ClaimLost:
            span.end({"descentd.claim_lost": True})
            raise
        except Exception as error:
            span.end({}, error=type(error).__name__)
            raise
        span.end({})

    def _fail(self, claim: Claim, error: Exception) -> None:
        code, message = faults.describe(error)
        log.error("job %s failed: %s", claim.job_id, message, exc_info=error)
        with suppress(ClaimLost):
            Ledger(self._sessions, self._blobs, claim).fail(News(), code, message)


def _marks(claim: Claim) -> dict[str, Any]:
    """What each line of the log on this attempt bears."""
    marks = {"job_id": claim.job_id, "attempt": claim.attempt, "tenant": claim.tenant_id}
    return marks | ({"trace_id": claim.traceparent.split("-")[1]} if claim.traceparent else {})
