"""/v1/jobs/{id}/deliveries: what a job's webhooks were sent, and once more."""

from __future__ import annotations

from flask import Blueprint, Response, request

from service import deliveries
from service.api.operations import Answer, Operation, documented
from service.api.requests import query
from service.api.responses import json_response, page_links
from service.api.services import services
from service.schemas.deliveries import Delivery, DeliveryList
from service.schemas.queries import DeliveryPageQuery, NoQuery
from service.schemas.views import delivery_whole
from service.security import tenant_id

TAG = "webhooks"

blueprint = Blueprint("deliveries", __name__, url_prefix="/v1/jobs/<job_id>/deliveries")


@blueprint.get("")
@documented(
    Operation(
        summary="List what a job's webhooks were sent, newest first",
        tag=TAG,
        query=DeliveryPageQuery,
        answers={200: Answer("A page of the list.", DeliveryList, headers=("Link",))},
        problems=(404, 422),
    )
)
def list_deliveries(job_id: str) -> Response:
    asked = query(DeliveryPageQuery)
    with services().sessions.reading() as session:
        page = deliveries.page(session, tenant_id(), job_id, limit=asked.limit, after=asked.after)
        urls = deliveries.urls(session, job_id)
    shown: DeliveryList = {
        "data": [delivery_whole(row, urls[row.position], request.script_root) for row in page.data],
        "has_more": page.has_more,
        "next": page.next,
    }
    return json_response(shown, headers=page_links({"after": page.next} if page.next else None))


@blueprint.post("/<delivery_id>/redeliver")
@documented(
    Operation(
        summary="Send a delivery again",
        description="Now, with the same body and the same `webhook-id`, and with as many tries as "
        "a new one has.",
        tag=TAG,
        query=NoQuery,
        answers={202: Answer("The delivery, to be sent.", Delivery)},
        problems=(404, 422),
    )
)
def redeliver(job_id: str, delivery_id: str) -> Response:
    query(NoQuery)
    with services().sessions.writing() as session:
        row = deliveries.redeliver(session, tenant_id(), job_id, delivery_id)
        url = deliveries.urls(session, job_id)[row.position]
        session.commit()
    return json_response(delivery_whole(row, url, request.script_root), 202)
