"""What recovery sees of all workers: whose heart beats, who is gone, who waits for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Update, func, select
from sqlalchemy.orm import Session

from service import counting, outbox
from service.database.tables import Job
from service.database.types import now
from service.fences import running
from service.states import FINISHED, JobStatus

MAX_LOST_ATTEMPTS = 5
LOST = f"The worker was lost {MAX_LOST_ATTEMPTS} times while it had this job."


class Pulse(NamedTuple):
    """A running attempt. Two looks that give the same pulse saw no life between them."""

    job_id: str
    attempt: int
    beat: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many jobs are queued, and for how many seconds the oldest of them has existed."""

    count: int
    oldest_seconds: float


def pulses(session: Session) -> list[Pulse]:
    """The pulse of every running job."""
    rows = select(Job.id, Job.attempt, Job.beat).where(Job.status == JobStatus.RUNNING)
    return [Pulse(*row) for row in session.execute(rows)]


def take_back(session: Session, pulse: Pulse) -> bool:
    """Queue again a job whose worker is gone, or fail it after the last attempt.

    False if the worker has shown life since the pulse was taken: then nothing changed.
    """
    return _queue_again(session, pulse) or _give_up(session, pulse)


def _queue_again(session: Session, pulse: Pulse) -> bool:
    still = _unchanged(pulse).where(Job.lost + 1 < MAX_LOST_ATTEMPTS)
    return _lose(session, still, JobStatus.QUEUED, worker_id=None)


def _give_up(session: Session, pulse: Pulse) -> bool:
    still = _unchanged(pulse).where(Job.lost + 1 >= MAX_LOST_ATTEMPTS)
    ending = {"stop_reason": "error", "error_code": "worker_lost", "error_message": LOST}
    return _lose(session, still, JobStatus.FAILED, finished_at=now(), **ending)


def _unchanged(pulse: Pulse) -> Update:
    return running(pulse.job_id, pulse.attempt).where(Job.beat == pulse.beat)


def _lose(session: Session, still: Update, status: JobStatus, **values: Any) -> bool:
    moved = still.values(status=status, lost=Job.lost + 1, changed=Job.changed + 1, **values)
    row = session.execute(moved.returning(Job.tenant_id, Job.id, Job.attempt)).one_or_none()
    if row is None:
        return False
    counting.note(session, counting.LEASE_EXPIRIES)
    if status in FINISHED:
        counting.note(session, counting.JOBS_ENDED, status, values["stop_reason"])
    outbox.add(session, row.tenant_id, row.id, row.attempt, status, {"worker_lost": True})
    return True


def waiting(session: Session) -> Waiting:
    """How long the queue is. For waking workers: nothing else is decided by this clock."""
    queued = select(func.count(), func.min(Job.created_at)).where(Job.status == JobStatus.QUEUED)
    count, oldest = session.execute(queued).one()
    return Waiting(count, (now() - oldest).total_seconds() if oldest else 0.0)
