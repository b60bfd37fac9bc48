"""What is old enough to go: finished jobs with all that is theirs, and datasets no job needs.

In small transactions: a job is first taken out of everyone's sight, then its history goes piece
by piece, and at last the job itself. Nothing here commits.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from service import dataset_actions
from service.database.tables import Checkpoint, Dataset, Epoch, Job, TrainedModel
from service.states import FINISHED

EPOCHS_AT_ONCE = 2000


def take_out_of_sight(session: Session, before: datetime, limit: int) -> int:
    """Remove for every reader up to `limit` jobs that finished before that; returns how many."""
    is_old = and_(Job.status.in_(FINISHED), Job.finished_at < before, Job.is_removed.is_(False))
    old = select(Job.id).where(is_old).order_by(Job.finished_at).limit(limit)
    removed = update(Job).where(Job.id.in_(old), is_old).values(is_removed=True)
    unsynchronized = removed.execution_options(synchronize_session=False)
    return len(session.execute(unsynchronized.returning(Job.id)).all())


def removed_job(session: Session, before: datetime) -> str | None:
    """A job out of sight that finished before that and still has rows; None if there is none."""
    removed = select(Job.id).where(Job.finished_at < before, Job.is_removed.is_(True))
    return session.scalar(removed.order_by(Job.finished_at).limit(1))


def clear_epochs(session: Session, job_id: str) -> bool:
    """Remove some rows of a removed job's history; False once none is left."""
    first: Select[Any] = select(Epoch.epoch).where(Epoch.job_id == job_id)
    edge = first.order_by(Epoch.epoch).offset(EPOCHS_AT_ONCE - 1).limit(1).scalar_subquery()
    mine = delete(Epoch).where(Epoch.job_id == job_id)
    some = mine.where(or_(edge.is_(None), Epoch.epoch <= edge))
    return session.execute(some.returning(Epoch.epoch)).first() is not None


def clear_job(session: Session, job_id: str) -> list[str]:
    """Remove a removed job whose history is gone; returns the blobs to delete after the commit."""
    named = [
        select(table.blob).where(table.job_id == job_id, table.blob.is_not(None))
        for table in (Checkpoint, TrainedModel)
    ]
    blobs = [name for chosen in named for name in session.scalars(chosen) if name]
    session.execute(delete(Job).where(Job.id == job_id, Job.is_removed.is_(True)))
    return blobs


def old_dataset(session: Session, before: datetime) -> str | None:
    """A dataset older than that, of which no job is left; None if there is none."""
    old = select(Dataset.id).where(Dataset.created_at < before, _is_needless())
    return session.scalar(old.order_by(Dataset.id).limit(1))


def clear_dataset(session: Session, dataset_id: str) -> list[str]:
    """Remove a dataset unless a job has come to need it; returns the blobs to delete after the
    commit.
    """
    # A job that is being submitted holds this row: what it adds is seen once the row is ours
    session.execute(select(Dataset.id).where(Dataset.id == dataset_id).with_for_update())
    needless = select(Dataset).where(Dataset.id == dataset_id, _is_needless())
    dataset = session.scalar(needless)
    return [] if dataset is None else dataset_actions.take(session, dataset)


def _is_needless() -> ColumnElement[bool]:
    needs = or_(Job.dataset_id == Dataset.id, Job.validation_dataset == Dataset.id)
    return ~exists().where(needs)
