"""`weights: {"job": …}`: which trained network a job goes on from, and whether it fits.

What is gone on from is copied into the job's own row at submission, so that the job it came from
may be deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.errors import Fault
from engine.model import Model
from engine.spec import JobWeights, TrainingSpec
from engine.starting_point import StartingPoint
from service import trained_models
from service.blobs import Blobs
from service.database.tables import Job, JobStart
from service.errors import Busy, Conflict, Invalid, NotFound
from service.schemas.job_reading import Reading

POINTER = "/network/weights/job"
HIDDEN = "/network/hidden"
SCALING = "/scaling"
MISSING = "/missing"
OPEN = "auto"


def source(session: Session, blobs: Blobs, tenant_id: str, spec: TrainingSpec) -> Model | None:
    """The model a spec says to go on from; raises Invalid where the tenant has no such model, and
    Busy where its checkpoint is replaced just now.
    """
    weights = spec.network.weights
    if not isinstance(weights, JobWeights):
        return None
    try:
        return trained_models.load(session, blobs, tenant_id, weights.job)
    except (NotFound, Conflict) as error:
        raise Invalid([Fault(POINTER, error.detail)]) from error
    except FileNotFoundError as error:
        raise Busy("The job to go on from was being saved at this moment.") from error


def followed(reading: Reading, model: Model) -> Reading:
    """The reading with what the model decides: task, scaling, rules for missing values, output,
    and the hidden layers where the body gave none that fit.
    """
    spec, first = reading.spec, model.spec
    fits = HIDDEN in reading.given and _units(spec) == _units(first)
    hidden = spec.network.hidden if fits else first.network.hidden
    network = replace(spec.network, hidden=hidden, output=first.network.output)
    spec = replace(spec, network=network, task=first.task)
    return replace(reading, spec=replace(spec, scaling=first.scaling, missing=first.missing))


def faults(reading: Reading, model: Model) -> Iterator[Fault]:
    """Where what the body gave is at odds with the model it is to go on from."""
    spec, first = reading.spec, model.spec
    if HIDDEN in reading.given and _units(spec) != _units(first):
        widths = (
            f"layers of {', '.join(map(str, _units(first)))} units" if _units(first) else "none"
        )
        yield Fault(HIDDEN, f"must be {widths}, as in the job to go on from")
    for pointer, asked, has in (
        ("/task", spec.task, first.task),
        ("/network/output", spec.network.output, first.network.output),
        (SCALING, spec.scaling if SCALING in reading.given else OPEN, first.scaling),
    ):
        if asked not in (OPEN, has):
            yield Fault(pointer, f"must be {has}, as in the job to go on from")
    if MISSING in reading.given and spec.missing != first.missing:
        yield Fault(MISSING, "must be as in the job to go on from")


def _units(spec: TrainingSpec) -> list[int]:
    return [layer.units for layer in spec.network.hidden]


def store(session: Session, job: Job, start: StartingPoint) -> None:
    """Keep a copy for a job that was added in this transaction."""
    kept = {"job_id": job.id, "tenant_id": job.tenant_id, "content": start.to_bytes()}
    session.execute(insert(JobStart).values(kept))


def load(session: Session, tenant_id: str, job_id: str) -> StartingPoint | None:
    """What a job goes on from; None where it starts by itself."""
    mine = select(JobStart.content).where(JobStart.job_id == job_id)
    content = session.scalar(mine.where(JobStart.tenant_id == tenant_id))
    return None if content is None else StartingPoint.from_bytes(content)
