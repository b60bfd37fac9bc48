"""The path of descent: of a job that has ended it is kept; before, its checkpoint holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.framing import pack, unpack
from engine.path import Path
from engine.plane import Route
from engine.preprocessing import Preprocessing
from service import checkpoints, trained_models
from service.blobs import Blobs
from service.database.tables import Job, RunPath, TrainedModel
from service.errors import Conflict
from service.fences import Claim
from service.states import HAS_CHECKPOINT_MODEL


@dataclass(frozen=True, slots=True)
class Descent:
    """Where a run went, as far as it came by `epoch`; `model_epoch` is the one of its model."""

    epoch: int
    model_epoch: int
    preprocessing: Preprocessing
    route: Route


def store(session: Session, claim: Claim, path: Path) -> None:
    """Keep the path of a job whose claim was checked in this transaction."""
    if not path.epochs:
        return
    content = pack({"epochs": list(path.epochs)}, {"points": path.points})
    session.execute(
        insert(RunPath).values(job_id=claim.job_id, tenant_id=claim.tenant_id, content=content)
    )


def load(session: Session, blobs: Blobs, job: Job) -> Descent:
    """The job's path with its model, which it ended with or which its last checkpoint holds.

    Raises Conflict where there is no model (yet), and FileNotFoundError where a checkpoint was
    replaced while it was looked up.
    """
    model_epoch = session.scalar(select(TrainedModel.epoch).where(TrainedModel.job_id == job.id))
    if model_epoch is None:
        return _of_checkpoint(session, blobs, job)
    model = trained_models.load(session, blobs, job.tenant_id, job.id)
    epochs, points = _kept(session, job.id, model.parameters)
    route = Route.through(epochs, points, model_epoch, model.parameters)
    return Descent(job.epoch or 0, model_epoch, model.preprocessing, route)


def _kept(
    session: Session, job_id: str, parameters: NDArray[Any]
) -> tuple[list[int], NDArray[Any]]:
    content = session.scalar(select(RunPath.content).where(RunPath.job_id == job_id))
    if content is None:  # too many parameters, or a job of an older version
        return [], parameters[:0].reshape(0, len(parameters))
    values, arrays = unpack(content)
    return values["epochs"], arrays["points"]


def _of_checkpoint(session: Session, blobs: Blobs, job: Job) -> Descent:
    found = None
    if job.status in HAS_CHECKPOINT_MODEL:
        found = checkpoints.load(session, blobs, job.id)
    if found is None:
        raise Conflict(f"The job is {job.status} and has no model.")
    model_epoch, parameters = found.state.model
    epochs = found.state.values["path"]["epochs"]
    route = Route.through(epochs, found.state.arrays["path"], model_epoch, parameters)
    return Descent(found.epoch, model_epoch, found.preprocessing, route)
