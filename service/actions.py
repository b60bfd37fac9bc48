"""What an owner does with a job: cancel, pause, resume, retry, delete. Nothing here commits.

Each is one guarded UPDATE, or DELETE; why one met no row is found out afterwards.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy import delete as sql_delete
from sqlalchemy.orm import Session

from service import counting, jobs, outbox
from service.database.tables import Checkpoint, Dataset, Job, TrainedModel
from service.database.types import now
from service.errors import Conflict
from service.ids import well_formed
from service.ranking import rank_anew
from service.states import (
    CANCEL,
    FAILED,
    FINISHED,
    PAUSE,
    RESUME,
    RETRY,
    SUCCEEDED,
    Action,
)

DIVERGED = "diverged"


def cancel(session: Session, tenant_id: str, job_id: str) -> Job:
    """End a job that is not finished; a cancelled one stays so. Raises NotFound, Conflict."""
    return _act(session, tenant_id, job_id, CANCEL, stop_reason="cancelled", finished_at=now())


def pause(session: Session, tenant_id: str, job_id: str) -> Job:
    """Set a job aside until it is resumed; a paused one stays so. Raises NotFound, Conflict."""
    return _act(session, tenant_id, job_id, PAUSE)


def resume(session: Session, tenant_id: str, job_id: str) -> Job:
    """Queue a paused job again. Raises NotFound, Conflict."""
    return _act(session, tenant_id, job_id, RESUME, worker_id=None, rank=rank_anew(now()))


def retry(session: Session, tenant_id: str, job_id: str) -> Job:
    """Queue a failed or cancelled job again, as if it had not ended. Raises NotFound, Conflict."""
    ended = (Job.finished_at, Job.stop_reason, Job.error_code, Job.error_message, Job.diagnosis)
    unended = {column.key: None for column in ended}
    anew = {"lost": 0, "worker_id": None, "rank": rank_anew(now())}
    return _act(session, tenant_id, job_id, RETRY, **unended, **anew)


def delete(session: Session, tenant_id: str, job_id: str) -> list[str]:
    """Remove a finished job with its history, model and events. Raises NotFound, Conflict.

    Returns the names of the blobs that nothing refers to any more, once this is committed.
    """
    kept = (
        select(table.blob).where(table.job_id == job_id, table.blob.is_not(None))
        for table in (Checkpoint, TrainedModel)
    )
    blobs = [name for chosen in kept for name in session.scalars(chosen) if name]
    removed = session.execute(
        sql_delete(Job)
        .where(*_mine(tenant_id, job_id), Job.status.in_(FINISHED))
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not removed:
        job = jobs.get(session, tenant_id, job_id)
        raise Conflict(f"A job that is {job.status} cannot be deleted; cancel it first.")
    return blobs


def _act(session: Session, tenant_id: str, job_id: str, action: Action, **values: Any) -> Job:
    moved = session.execute(
        update(Job)
        .where(*_mine(tenant_id, job_id), Job.status.in_(action.sources), *_guards(action))
        .values(status=action.target, changed=Job.changed + 1, **values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).all()
    job = jobs.get(session, tenant_id, job_id)
    if moved:
        if job.status in FINISHED:
            counting.note(session, counting.JOBS_ENDED, job.status, str(job.stop_reason))
        outbox.moved(session, job)
    elif job.status not in action.unchanged:
        raise Conflict(_obstacle(session, job, action))
    return job


def _mine(tenant_id: str, job_id: str) -> tuple[ColumnElement[bool], ...]:
    return Job.id == job_id, Job.tenant_id == tenant_id, Job.is_removed.is_(False)


def _guards(action: Action) -> tuple[ColumnElement[bool], ...]:
    """What a job that is to run again must fulfil beside its status."""
    if action not in (RESUME, RETRY):
        return ()
    is_finite = or_(Job.stop_reason.is_(None), Job.stop_reason != DIVERGED)
    has_data = or_(Job.dataset_id.is_not(None), Job.dataset.not_like("ds\\_%", escape="\\"))
    return is_finite, has_data, or_(Job.validation_dataset.is_(None), _has_validation_data())


def _has_validation_data() -> ColumnElement[bool]:
    is_kept = exists().where(Dataset.id == Job.validation_dataset)
    return or_(Job.validation_dataset.not_like("ds\\_%", escape="\\"), is_kept)


def _obstacle(session: Session, job: Job, action: Action) -> str:
    if job.status not in action.sources:
        is_or_has = "has" if job.status in (SUCCEEDED, FAILED) else "is"
        return f"A job that {is_or_has} {job.status} cannot be {action.done}."
    if job.stop_reason == DIVERGED:
        return "The job diverged, and would again: its numbers are always the same."
    if job.dataset_id is None and well_formed("ds", job.dataset):
        return f"The job's dataset {job.dataset} is gone."
    other = job.validation_dataset
    if other is not None and well_formed("ds", other) and session.get(Dataset, other) is None:
        return f"The dataset {other} that the job validates on is gone."
    return f"The job was changed by another request; it is {job.status} now."
