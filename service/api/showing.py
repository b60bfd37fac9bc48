"""A job as the routes answer it."""

from __future__ import annotations

from flask import Response, request
from sqlalchemy.orm import Session

from service import diagnoses, jobs
from service.api.responses import JSON, json_bytes, tag_of, unchanged
from service.api.services import services
from service.database.tables import Job as JobRow
from service.database.types import now
from service.schemas.answers import Job
from service.schemas.views import job_whole
from service.security import tenant_id
from service.states import JobStatus


def shown(session: Session, job: JobRow) -> Job:
    """All of a job, and its place in the queue as this session sees it."""
    return whole(session, job, jobs.queue_position(session, job))


def whole(session: Session, job: JobRow, position: int | None) -> Job:
    """The same where its place is known."""
    return job_whole(job, position, diagnoses.of(session, job), now(), request.script_root)


def answer(job_id: str) -> tuple[JobStatus, Response]:
    """Its status, and the job as a response, or 304 for a client that has it; raises NotFound.

    It is made anew only where the job has changed since someone asked: whatever is shown is
    raised with `changed`, and a time that is reckoned holds from then on.
    """
    held = services()
    seen = jobs.glance(held.sessions, tenant_id(), job_id)
    tag = tag_of(job_id, seen.changed, seen.queue_position)
    response = unchanged(tag)
    if response is not None:
        return seen.status, response
    body = held.kept_answers.get(tag)
    if body is None:
        seen, body = _made(job_id)
        tag = tag_of(job_id, seen.changed, seen.queue_position)
        held.kept_answers.keep(tag, body)
    response = Response(body, mimetype=JSON)
    response.set_etag(tag, weak=True)
    return seen.status, response


def _made(job_id: str) -> tuple[jobs.Glance, bytes]:
    with services().sessions.reading() as session:
        job = jobs.get(session, tenant_id(), job_id)
        seen = jobs.Glance(job.status, job.changed, jobs.queue_position(session, job))
        return seen, json_bytes(whole(session, job, seen.queue_position))


def row(job_id: str) -> JobRow:
    """The job as it is stored now; raises NotFound."""
    with services().sessions.reading() as session:
        return jobs.get(session, tenant_id(), job_id)


def read(job_id: str) -> tuple[JobRow, Job]:
    """The job as it is now; raises NotFound."""
    with services().sessions.reading() as session:
        job = jobs.get(session, tenant_id(), job_id)
        return job, shown(session, job)
