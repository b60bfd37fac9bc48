"""A job as the routes answer it."""

from __future__ import annotations

from flask import request
from sqlalchemy.orm import Session

from service import diagnoses, jobs
from service.api.services import services
from service.database.tables import Job as JobRow
from service.database.types import now
from service.schemas.answers import Job
from service.schemas.views import job_whole
from service.security import tenant_id


def shown(session: Session, job: JobRow) -> Job:
    """All of a job, and its place in the queue as this session sees it."""
    return whole(session, job, jobs.queue_position(session, job))


def whole(session: Session, job: JobRow, position: int | None) -> Job:
    """The same where its place is known."""
    return job_whole(job, position, diagnoses.of(session, job), now(), request.script_root)


def row(job_id: str) -> JobRow:
    """The job as it is stored now; raises NotFound."""
    with services().sessions.reading() as session:
        return jobs.get(session, tenant_id(), job_id)


def read(job_id: str) -> tuple[JobRow, Job]:
    """The job as it is now; raises NotFound."""
    with services().sessions.reading() as session:
        job = jobs.get(session, tenant_id(), job_id)
        return job, shown(session, job)
