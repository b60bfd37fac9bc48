"""/v1/jobs/{id}/events: a job as it goes on, by server-sent events."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from engine.errors import Fault
from service import jobs
from service.api.operations import Answer, Operation, documented
from service.api.requests import query
from service.api.services import services
from service.errors import Invalid
from service.schemas.queries import LARGEST_EPOCH, EventsQuery
from service.security import tenant_id

EVENT_STREAM = "text/event-stream"
LAST_EVENT_ID = "Last-Event-ID"
EPOCH = re.compile(r"[0-9]{1,10}")
HEADERS = {
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",  # a proxy in between must not gather what is told
}

blueprint = Blueprint("events", __name__, url_prefix="/v1/jobs/<job_id>/events")


@blueprint.get("")
@documented(
    Operation(
        summary="Follow a job by server-sent events",
        description="`epoch` events hold a row of the history, their id is the epoch; `status` "
        "events tell status, attempt, last epoch and stop reason. The stream ends after the "
        "status that is final; that of a paused job waits.",
        tag="results",
        query=EventsQuery,
        headers=(LAST_EVENT_ID,),
        answers={200: Answer("The events.", others={EVENT_STREAM: {"type": "string"}})},
        problems=(404, 422, 503),
    )
)
def follow_job(job_id: str) -> Response:
    after = _last_event_id(query(EventsQuery))
    held = services()
    mark = jobs.mark(held.sessions, tenant_id(), job_id)
    place = held.stream_places.take()
    events = held.streams.follow(job_id, mark, after)
    response = Response(events, headers=HEADERS, content_type=EVENT_STREAM)
    response.call_on_close(place.give_back)
    return response


def _last_event_id(asked: EventsQuery) -> int | None:
    """What the client had last: by the header, which a browser sends when it comes again."""
    given = request.headers.get(LAST_EVENT_ID)
    if not given:
        return asked.last_event_id
    if EPOCH.fullmatch(given) and int(given) <= LARGEST_EPOCH:
        return int(given)
    raise Invalid([Fault(f"?{LAST_EVENT_ID}", "must be the id of an event: an epoch")])
