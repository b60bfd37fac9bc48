"""One job: cancel, pause, resume, retry, PATCH and DELETE."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from service import actions, limits, patching
from service.api import waiting
from service.api.operations import Answer, Operation, documented
from service.api.requests import json_body, query
from service.api.responses import JSON, json_response, no_content
from service.api.services import services
from service.api.showing import shown
from service.database.tables import Job as JobRow
from service.errors import Invalid
from service.schemas.answers import Job
from service.schemas.faults import validated
from service.schemas.patches import JobPatch
from service.schemas.queries import NoQuery
from service.security import tenant_id

TAG = "jobs"
MERGE_PATCH = "application/merge-patch+json"

blueprint = Blueprint("actions", __name__, url_prefix="/v1/jobs/<job_id>")


def _operation(
    summary: str, description: str, answer: str, problems: tuple[int, ...] = ()
) -> Operation:
    return Operation(
        summary=summary,
        description=description,
        tag=TAG,
        query=NoQuery,
        answers={200: Answer(answer, Job, headers=("Retry-After",))},
        problems=(404, 409, 422, *problems),
    )


@blueprint.post("/cancel")
@documented(
    _operation(
        "Cancel a job",
        "It takes effect at once; a worker that has the job stops within a second, or at the end "
        "of its batch. History and checkpoint are kept.",
        "The job, cancelled now or before.",
    )
)
def cancel_job(job_id: str) -> Response:
    return _act(actions.cancel, job_id)


@blueprint.post("/pause")
@documented(
    _operation(
        "Pause a job",
        "Like cancelling; but a paused job can be resumed.",
        "The job, paused now or before.",
    )
)
def pause_job(job_id: str) -> Response:
    return _act(actions.pause, job_id)


@blueprint.post("/resume")
@documented(
    _operation(
        "Resume a paused job",
        "It goes on from its last checkpoint, and ends with the numbers it would have had.",
        "The job, queued.",
        problems=(429,),
    )
)
def resume_job(job_id: str) -> Response:
    return _act(actions.resume, job_id, queues=True)


@blueprint.post("/retry")
@documented(
    _operation(
        "Try a failed or cancelled job again",
        "It goes on from its last checkpoint. One that diverged would do so again: 409.",
        "The job, queued.",
        problems=(429,),
    )
)
def retry_job(job_id: str) -> Response:
    return _act(actions.retry, job_id, queues=True)


def _act(
    action: Callable[[Session, str, str], JobRow], job_id: str, queues: bool = False
) -> Response:
    query(NoQuery)
    with services().sessions.writing() as session:
        if queues:
            limits.require_room_in_queue(session, services().config, tenant_id())
        job = action(session, tenant_id(), job_id)
        answer = shown(session, job)
        session.commit()
    if queues:
        services().queue.wake(job.id)
    return json_response(answer, headers=waiting.headers(job.status))


@blueprint.patch("")
@documented(
    Operation(
        summary="Change a job's name and metadata",
        description="A JSON merge patch: what is not named stays, null takes away.",
        tag=TAG,
        body=JobPatch,
        takes=(MERGE_PATCH, JSON),
        example={"name": "iris again", "metadata": {"team": "b", "draft": None}},
        query=NoQuery,
        answers={200: Answer("The job.", Job, headers=("Retry-After",))},
        problems=(400, 404, 413, 415, 422),
    )
)
def patch_job(job_id: str) -> Response:
    query(NoQuery)
    read, faults = validated(JobPatch, json_body(MERGE_PATCH))
    if read is None:
        raise Invalid(faults)
    with services().sessions.writing() as session:
        job = patching.patch(session, tenant_id(), job_id, read.model_dump(exclude_unset=True))
        answer = shown(session, job)
        session.commit()
    return json_response(answer, headers=waiting.headers(job.status))


@blueprint.delete("")
@documented(
    Operation(
        summary="Delete a finished job with its history and model",
        tag=TAG,
        query=NoQuery,
        answers={204: Answer("It is gone.")},
        problems=(404, 409),
    )
)
def delete_job(job_id: str) -> Response:
    query(NoQuery)
    with services().sessions.writing() as session:
        left_over = actions.delete(session, tenant_id(), job_id)
        session.commit()
    for blob in left_over:
        services().blobs.delete(blob)
    return no_content()
