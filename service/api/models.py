"""/v1/jobs/{id}/model and predictions: what a job has learnt, and what it says of new rows."""

from __future__ import annotations

from flask import Blueprint, Response

from engine.model import Model
from service import predictions, trained_models
from service.api.operations import Answer, Operation, documented
from service.api.requests import json_body, query
from service.api.responses import json_response, tagged
from service.api.services import services
from service.errors import Invalid
from service.schemas.faults import validated
from service.schemas.queries import ModelQuery, NoQuery
from service.schemas.results import ModelShown, Predictions, PredictionsBody
from service.security import tenant_id

TAG = "results"

blueprint = Blueprint("models", __name__, url_prefix="/v1/jobs/<job_id>")


@blueprint.get("/model")
@documented(
    Operation(
        summary="Fetch a job's model",
        description="The weights, and all that is needed to predict on raw columns again.",
        tag=TAG,
        query=ModelQuery,
        headers=("If-None-Match",),
        answers={
            200: Answer("The model.", ModelShown, headers=("ETag",)),
            304: Answer("The model as the ETag names it."),
        },
        problems=(404, 409, 422),
    )
)
def fetch_model(job_id: str) -> Response:
    query(ModelQuery)
    return tagged(json_response(_model(job_id).to_dict()))


@blueprint.post("/predictions")
@documented(
    Operation(
        summary="Predict on new rows",
        tag=TAG,
        body=PredictionsBody,
        example={"inputs": [[5.1, 3.5, 1.4, 0.2]]},
        query=NoQuery,
        answers={200: Answer("One prediction for each row.", Predictions)},
        problems=(400, 404, 409, 413, 415, 422),
    )
)
def predict(job_id: str) -> Response:
    query(NoQuery)
    body = json_body()
    read, faults = validated(PredictionsBody, body)
    if read is None:
        raise Invalid(faults)
    found = predictions.predict(_model(job_id), read.inputs)
    shown: Predictions = {
        "predictions": found.predictions,
        "probabilities": found.probabilities,  # type: ignore[typeddict-item]
        "classes": found.classes,
    }
    return json_response(shown)


def _model(job_id: str) -> Model:
    return trained_models.current(services().sessions, services().blobs, tenant_id(), job_id)
