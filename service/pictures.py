"""What the pictures of a job show. Never slow: however long the history, few of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from service import diagnoses, jobs
from service.database.tables import Job
from service.plots.cost import CostCurve, Mark
from service.plots.scales import number
from service.states import AT_REST

# Each row of a wide picture's pixels twice: more would be drawn over each other.
POINTS = 600

ENDINGS: Mapping[str, str] = {
    "epochs": "all epochs done",
    "gradient_norm": "stopped: the gradient vanished",
    "cost": "stopped: the cost is low enough",
    "seconds": "stopped: the time was over",
    "patience": "stopped: out of patience",
    "learning_rate": "stopped: the learning rate vanished",
    "diverged": "diverged",
    "cancelled": "cancelled",
    "error": "failed",
}


def cost_curve(session: Session, tenant_id: str, job_id: str) -> CostCurve:
    """The cost of a job, whatever its status; raises NotFound."""
    job = jobs.get(session, tenant_id, job_id)
    rows = diagnoses.sample(session, job_id, POINTS)
    diagnosis = diagnoses.of(session, job)
    return CostCurve(
        title=job.name or job.id,
        epochs=[row.epoch for row in rows],
        cost=[row.cost for row in rows],
        validation_cost=[row.validation_cost for row in rows],
        learning_rate=[row.learning_rate for row in rows],
        best=_best(job.best),
        end=_end(job),
        words=[] if diagnosis is None else [diagnosis["sentence"], diagnosis["advice"]],
    )


def _best(best: Mapping[str, Any] | None) -> Mark | None:
    if best is None:
        return None
    watched = best["cost"] if best["validation_cost"] is None else best["validation_cost"]
    words = f"best: epoch {best['epoch']:,}"
    if watched is not None:
        words = f"{words}, {number(watched)}"
    return Mark(best["epoch"], words, watched)


def _end(job: Job) -> Mark | None:
    if job.epoch is None:
        return None
    return Mark(job.epoch, f"{_state(job)}: epoch {job.epoch:,} of {job.epochs:,}")


def _state(job: Job) -> str:
    if job.stop_reason is None or job.status not in AT_REST:
        return str(job.status)
    return ENDINGS.get(job.stop_reason, job.stop_reason)
