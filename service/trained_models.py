"""The network a job ended with."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.model import Model
from service import jobs
from service.database.tables import TrainedModel
from service.errors import Conflict
from service.fences import Claim


def store(session: Session, claim: Claim, epoch: int, model: Model) -> None:
    """Keep the model of a job whose claim was checked in this transaction."""
    session.execute(
        insert(TrainedModel).values(
            job_id=claim.job_id,
            tenant_id=claim.tenant_id,
            epoch=epoch,
            content=model.to_bytes(),
        )
    )


def load(session: Session, tenant_id: str, job_id: str) -> Model:
    """The job's model; raises NotFound, or Conflict where there is none (yet)."""
    job = jobs.get(session, tenant_id, job_id)
    content = session.scalar(select(TrainedModel.content).where(TrainedModel.job_id == job_id))
    if content is None:
        raise Conflict(f"The job is {job.status} and has no model.")
    return Model.from_bytes(content)
