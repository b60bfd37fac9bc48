"""What keeps a stale worker from doing harm: every write of an attempt is guarded by
(job, attempt, running). Where the guard meets no row, nothing is written and the worker stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Update, update
from sqlalchemy.orm import Session

from engine.spec import TrainingSpec, from_dict
from service import counting, outbox
from service.database.tables import Job
from service.errors import ClaimLost
from service.states import FINISHED, JobStatus


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at one job, and what is needed to carry it out.

    `environment` is what the numbers of this attempt depend on; `recorded_epoch` the last row of
    the history that an earlier attempt wrote, if any.
    """

    job_id: str
    tenant_id: str
    attempt: int
    spec: TrainingSpec
    dataset: str
    environment: Mapping[str, Any]
    recorded_epoch: int | None
    traceparent: str | None

    @classmethod
    def of(cls, job: Job) -> Claim:
        return cls(
            job_id=job.id,
            tenant_id=job.tenant_id,
            attempt=job.attempt,
            spec=from_dict(job.spec),
            dataset=job.dataset,
            environment=job.environment or {},
            recorded_epoch=job.epoch,
            traceparent=job.traceparent,
        )


def fenced(claim: Claim) -> Update:
    """An UPDATE that meets the job only while the claim holds."""
    return running(claim.job_id, claim.attempt)


def running(job_id: str, attempt: int) -> Update:
    """An UPDATE that meets the job only while this attempt runs."""
    mine = update(Job).where(Job.id == job_id, Job.attempt == attempt)
    guarded = mine.where(Job.status == JobStatus.RUNNING)
    return guarded.execution_options(synchronize_session=False)


def held(row: Any) -> Any:
    """What a fenced UPDATE returned; raises ClaimLost if it met no row."""
    if row is None:
        raise ClaimLost("The job was cancelled, taken back or removed.")
    return row


def move(session: Session, claim: Claim, status: JobStatus, **values: Any) -> None:
    """Move the job and write the event; raises ClaimLost and changes nothing."""
    moved = fenced(claim).values(status=status, changed=Job.changed + 1, **values)
    held(session.execute(moved.returning(Job.id)).one_or_none())
    if status in FINISHED:
        counting.note(session, counting.JOBS_ENDED, status, values["stop_reason"])
    outbox.add(session, claim.tenant_id, claim.job_id, claim.attempt, status, {})
