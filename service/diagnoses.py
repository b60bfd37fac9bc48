"""What a job's history says of its learning rate. Never slow: it is judged by a bounded part."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.diagnosis import diagnose
from engine.records import EpochRecord
from service.database.engines import finite
from service.database.tables import Epoch, Job
from service.history import COLUMNS

MOST_ROWS = 200


def of(session: Session, job: Job) -> dict[str, Any] | None:
    """The job's diagnosis: the one it ended with, or that of its history so far, if it has any."""
    if job.diagnosis is not None or job.epoch is None:
        return job.diagnosis
    return computed(session, job.id, job.stop_reason)


def computed(session: Session, job_id: str, stop_reason: str | None) -> dict[str, Any] | None:
    """The diagnosis of what the history holds by now; None where it holds nothing."""
    history = _sample(session, job_id)
    return finite(asdict(diagnose(history, stop_reason))) if history else None


def _sample(session: Session, job_id: str) -> list[EpochRecord]:
    """The first row, the last, and others evenly between them."""
    last = session.scalar(select(func.max(Epoch.epoch)).where(Epoch.job_id == job_id))
    if last is None:
        return []
    count = min(last + 1, MOST_ROWS)
    epochs = [last * place // max(count - 1, 1) for place in range(count)]
    chosen = select(*(getattr(Epoch, name) for name in COLUMNS))
    mine = chosen.where(Epoch.job_id == job_id, Epoch.epoch.in_(epochs))
    return [EpochRecord(*row) for row in session.execute(mine.order_by(Epoch.epoch))]
