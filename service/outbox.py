"""What happened, written beside what changed: one transaction holds both or neither."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from service import webhooks
from service.database.tables import Job, JobEvent
from service.states import JobStatus

# Made once, and of the table: with the mapped class the same takes four times as long
_EVENT = insert(JobEvent.__table__)  # type: ignore[arg-type]


def moved(session: Session, job: Job, **data: Any) -> None:
    """Add the event of `job` having come to its present status."""
    add(session, job.tenant_id, job.id, job.attempt, job.status, data)


def add(
    session: Session,
    tenant_id: str,
    job_id: str,
    attempt: int,
    status: JobStatus,
    data: Mapping[str, Any],
) -> None:
    """Add the event `job.<status>` of one attempt, and what its webhooks are to be sent."""
    kind = f"job.{status}"
    event = {
        "tenant_id": tenant_id,
        "job_id": job_id,
        "attempt": attempt,
        "kind": kind,
        "data": dict(data),
    }
    session.flush()
    session.execute(_EVENT, event)
    webhooks.tell(session, job_id, kind)
