"""The network a job ended with; or, before its end, the one its last checkpoint holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.model import Model
from engine.spec import from_dict
from service import checkpoints, jobs, stored_bytes
from service.blobs import Blobs
from service.database.sessions import Sessions
from service.database.tables import Checkpoint, Job, TrainedModel
from service.errors import Conflict, NotFound
from service.fences import Claim
from service.ids import well_formed
from service.states import HAS_CHECKPOINT_MODEL, JobStatus
from service.stored_bytes import StoredBytes

FOLDER = "models"
MOST_LOOKS = 5


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that is ready for its row."""

    weights_sha256: str
    stored: StoredBytes


class Identity(NamedTuple):
    """What tells one model of a job from another one that it had or will have."""

    job_id: str
    attempt: int
    epoch: int
    stored_at: datetime


def put(blobs: Blobs, claim: Claim, model: Model) -> Trained:
    """Make a model fit for its row, before the transaction that stores it."""
    stored = stored_bytes.put(blobs, FOLDER, claim.job_id, model.to_bytes())
    return Trained(model.weights_sha256, stored)


def store(session: Session, claim: Claim, epoch: int, trained: Trained) -> None:
    """Keep the model of a job whose claim was checked in this transaction."""
    session.execute(
        insert(TrainedModel).values(
            job_id=claim.job_id,
            tenant_id=claim.tenant_id,
            epoch=epoch,
            content=trained.stored.content,
            blob=trained.stored.blob,
        )
    )


def identity(session: Session, tenant_id: str, job_id: str) -> Identity:
    """That of the model which `load` gives; raises NotFound, Conflict."""
    mine = (
        select(
            Job.status,
            Job.attempt,
            TrainedModel.epoch,
            TrainedModel.created_at,
            Checkpoint.attempt,
            Checkpoint.epoch,
            Checkpoint.created_at,
        )
        .select_from(Job)
        .outerjoin(TrainedModel, TrainedModel.job_id == Job.id)
        .outerjoin(Checkpoint, Checkpoint.job_id == Job.id)
        .where(Job.id == job_id, Job.tenant_id == tenant_id, Job.is_removed.is_(False))
    )
    row = session.execute(mine).one_or_none() if well_formed("job", job_id) else None
    if row is None:
        raise NotFound("job", job_id)
    status, attempt, epoch, stored_at, *checkpoint = row
    if epoch is not None:
        return Identity(job_id, attempt, epoch, stored_at)
    if status in HAS_CHECKPOINT_MODEL and checkpoint[0] is not None:
        return Identity(job_id, *checkpoint)
    raise _without_model(status)


def load(session: Session, blobs: Blobs, tenant_id: str, job_id: str) -> Model:
    """The job's model; raises NotFound, or Conflict where there is none (yet).

    Raises FileNotFoundError where a checkpoint was replaced while it was looked up.
    """
    job = jobs.get(session, tenant_id, job_id)
    mine = select(TrainedModel.content, TrainedModel.blob).where(TrainedModel.job_id == job_id)
    row = session.execute(mine).one_or_none()
    if row is not None:
        return Model.from_bytes(stored_bytes.read(blobs, row.content, row.blob))
    return _of_checkpoint(session, blobs, job)


def _of_checkpoint(session: Session, blobs: Blobs, job: Job) -> Model:
    if job.status in HAS_CHECKPOINT_MODEL:
        checkpoint = checkpoints.load(session, blobs, job.id)
        if checkpoint is not None:
            return checkpoint.model(from_dict(job.spec))
    raise _without_model(job.status)


def _without_model(status: JobStatus) -> Conflict:
    return Conflict(f"The job is {status} and has no model.")


def current(sessions: Sessions, blobs: Blobs, tenant_id: str, job_id: str) -> Model:
    """The same in a session of its own, or in another where a new checkpoint came in between."""
    for _ in range(MOST_LOOKS - 1):
        try:
            with sessions.reading() as session:
                return load(session, blobs, tenant_id, job_id)
        except FileNotFoundError:
            continue
    with sessions.reading() as session:
        return load(session, blobs, tenant_id, job_id)
