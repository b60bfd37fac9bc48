"""/v1/jobs: submit, list, look at, wait for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from engine.spec import to_dict
from service import jobs, limits, submissions
from service.api import idempotency, showing, waiting
from service.api.operations import Answer, Operation, documented
from service.api.requests import free_parameters, json_body, query
from service.api.responses import json_response, page_links
from service.api.services import services
from service.database.tables import Job as JobRow
from service.database.types import now
from service.errors import NotFound
from service.idempotency import Answer as KeptAnswer
from service.idempotency import Key, find, keep, reserve
from service.schemas.answers import Job, JobList, Verdict
from service.schemas.jobs import JobBody
from service.schemas.queries import JobPageQuery, SubmitQuery, WaitQuery
from service.schemas.views import job_summary, spec_whole
from service.security import tenant_id, traceparent
from service.submissions import Wanted

METADATA = "metadata."
TAG = "jobs"

blueprint = Blueprint("jobs", __name__, url_prefix="/v1/jobs")


@blueprint.post("")
@documented(
    Operation(
        summary="Submit a training job",
        tag=TAG,
        body=JobBody,
        example={
            "dataset": "iris",
            "network": {"hidden": [{"units": 16, "activation": "tanh"}]},
            "optimizer": {"kind": "adam", "learning_rate": 0.01},
            "epochs": 100,
        },
        query=SubmitQuery,
        headers=("Idempotency-Key", "Prefer", "traceparent"),
        answers={
            202: Answer(
                "The job is stored, and will be trained.",
                Job,
                headers=("Location", "Retry-After", "Preference-Applied", "Idempotent-Replayed"),
            ),
            200: Answer("What the job would be (`validate_only`).", Verdict),
        },
        problems=(400, 413, 415, 422, 429),
    )
)
def submit_job() -> Response:
    wish = waiting.wish_of()
    validate_only = query(SubmitQuery).validate_only
    body = json_body()
    key = idempotency.key_of(tenant_id())
    if validate_only:
        return json_response(_verdict(_examine(body)))
    if (known := _known_answer(key)) is not None:
        return idempotency.replayed(known)
    wanted = _examine(body)
    with services().sessions.writing() as session:
        if key is not None and (known := reserve(session, key)) is not None:
            return idempotency.replayed(known)
        limits.require_room_in_queue(session, services().config, tenant_id())
        job = submissions.submit(session, services().blobs, tenant_id(), wanted, traceparent())
        response = _accepted(showing.shown(session, job), waiting.headers(job.status))
        if key is not None:
            keep(session, key, idempotency.answer_of(response))
        session.commit()
    services().queue.wake(job.id)
    return _when_at_rest(job, response, wish)


def _examine(body: Any) -> Wanted:
    held = services()
    with held.sessions.reading() as session:
        return submissions.examine(session, held.blobs, tenant_id(), body, held.config)


def _known_answer(key: Key | None) -> KeptAnswer | None:
    if key is None:
        return None
    with services().sessions.reading() as session:
        return find(session, key)


def _accepted(job: Job, headers: Mapping[str, str]) -> Response:
    return json_response(job, 202, {"Location": job["links"]["self"], **headers})


def _when_at_rest(job: JobRow, first: Response, wish: waiting.Wish | None) -> Response:
    if wish is None or not waiting.wait_if_possible(job, wish):
        return first
    try:
        job, shown = showing.read(job.id)
    except NotFound:
        return first  # finished and deleted meanwhile
    return _accepted(shown, waiting.headers(job.status, wish))


def _verdict(wanted: Wanted) -> Verdict:
    reading = wanted.reading
    webhooks = [webhook.shown for webhook in reading.webhooks]
    return {
        "spec": spec_whole(to_dict(wanted.spec), wanted.dataset_name, reading.priority, webhooks),
        "spec_reasons": wanted.reasons,
        "parameters": wanted.parameters,
        "estimates": {"memory_bytes": wanted.memory_bytes, "seconds": wanted.seconds},
    }


@blueprint.get("")
@documented(
    Operation(
        summary="List jobs, newest first",
        description="`metadata.KEY=VALUE` in the query keeps the jobs whose metadata say so.",
        tag=TAG,
        query=JobPageQuery,
        answers={200: Answer("A page of the list.", JobList, headers=("Link",))},
        problems=(422,),
    )
)
def list_jobs() -> Response:
    asked = query(JobPageQuery, free=METADATA)
    with services().sessions.reading() as session:
        page = jobs.page(
            session,
            tenant_id(),
            limit=asked.limit,
            after=asked.after,
            status=asked.status,
            name=asked.name,
            metadata=free_parameters(METADATA),
            created_after=asked.created_after,
        )
    shown: JobList = {
        "data": [job_summary(job, now(), request.script_root) for job in page.data],
        "has_more": page.has_more,
        "next": page.next,
    }
    return json_response(shown, headers=page_links({"after": page.next} if page.next else None))


@blueprint.get("/<job_id>")
@documented(
    Operation(
        summary="Show a job, now or when it is at rest",
        tag=TAG,
        query=WaitQuery,
        headers=("Prefer", "If-None-Match"),
        answers={
            200: Answer("The job.", Job, headers=("ETag", "Retry-After", "Preference-Applied")),
            304: Answer("The job as the ETag names it."),
        },
        problems=(404, 422, 503),
    )
)
def show_job(job_id: str) -> Response:
    wish = waiting.wish_of(query(WaitQuery))
    held = wish is not None and waiting.wait_for(showing.row(job_id), wish)
    status, response = showing.answer(job_id)
    response.headers.extend(waiting.headers(status, wish if held else None))
    return response
