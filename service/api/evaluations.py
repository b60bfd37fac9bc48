"""POST /v1/jobs/{id}/evaluations: how good a job's model is on other data."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response

from service import evaluations
from service.api.operations import Answer, Operation, documented
from service.api.requests import json_body, query
from service.api.responses import json_response
from service.api.services import services
from service.errors import Invalid
from service.schemas.answers import Scores
from service.schemas.faults import validated
from service.schemas.queries import NoQuery
from service.schemas.results import EvaluationBody
from service.scopes import Scope
from service.security import tenant_id

blueprint = Blueprint("evaluations", __name__, url_prefix="/v1/jobs/<job_id>")


@blueprint.post("/evaluations")
@documented(
    Operation(
        summary="Score a job's model on other data",
        description="The same scores as the job's own `metrics`, on all rows of a dataset, which "
        "has the model's columns and its target. Nothing is stored.",
        tag="results",
        body=EvaluationBody,
        example={"dataset": "iris"},
        query=NoQuery,
        answers={200: Answer("The scores.", Scores)},
        problems=(400, 404, 409, 413, 415, 422),
        scope=Scope.READ,
    )
)
def evaluate_model(job_id: str) -> Response:
    query(NoQuery)
    body = json_body()
    read, faults = validated(EvaluationBody, body)
    if read is None:
        raise Invalid(faults)
    held = services()
    model = held.models.current(tenant_id(), job_id)
    with held.sessions.reading() as session:
        table = evaluations.table_named(session, held.blobs, tenant_id(), body["dataset"])
    with held.scoring:
        scores = evaluations.evaluate(model, table)
    return json_response(cast(Scores, scores))
