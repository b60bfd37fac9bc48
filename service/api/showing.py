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
    position, diagnosis = jobs.queue_position(session, job), diagnoses.of(session, job)
    return job_whole(job, position, diagnosis, now(), request.script_root)


def read(job_id: str) -> tuple[JobRow, Job]:
    """The job as it is now; raises NotFound."""
    with services().sessions.reading() as session:
        job = jobs.get(session, tenant_id(), job_id)
        return job, shown(session, job)
