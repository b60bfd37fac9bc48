"""POST /v1/jobs/{id}/predictions: what a job's model says of some rows, or of a whole file."""

from __future__ import annotations

from os import SEEK_END

from flask import Blueprint, Response, request
from werkzeug.wsgi import FileWrapper

from engine.model import Model
from service import limits, predictions
from service.api.operations import Answer, Operation, documented
from service.api.receiving import receive
from service.api.requests import json_body, query, require_text
from service.api.responses import JSON, json_response
from service.api.services import services
from service.errors import Invalid
from service.schemas.faults import validated
from service.schemas.queries import NoQuery
from service.schemas.results import Predictions, PredictionsBody
from service.scopes import Scope
from service.security import tenant_id
from service.tables.media_types import CSV, NDJSON
from service.tables.predicting import predict_file

PIECE_BYTES = 64 * 1024
CONTENT_TYPES = {CSV: f"{CSV}; charset=utf-8; header=present", NDJSON: NDJSON}

blueprint = Blueprint("predictions", __name__, url_prefix="/v1/jobs/<job_id>")


@blueprint.post("/predictions")
@documented(
    Operation(
        summary="Predict on new rows",
        description="A few rows as JSON. Many as CSV or NDJSON, which may be packed by gzip: the "
        "answer is then a file of the same form, with a line for each row. It is begun once all "
        "rows were read, so that it is whole or a problem that names the lines at fault.",
        tag="results",
        body=PredictionsBody,
        texts=(CSV, NDJSON),
        example={"inputs": [[5.1, 3.5, 1.4, 0.2]]},
        query=NoQuery,
        headers=("Content-Digest",),
        answers={
            200: Answer(
                "One prediction for each row.",
                Predictions,
                others={CSV: {"type": "string"}, NDJSON: {"type": "string"}},
            )
        },
        problems=(400, 404, 409, 411, 413, 415, 422, 503, 507),
        scope=Scope.READ,
    )
)
def predict(job_id: str) -> Response:
    query(NoQuery)
    require_text(JSON, CSV, NDJSON)
    if request.mimetype == JSON:
        return _of_rows(job_id)
    return _of_file(services().models.current(tenant_id(), job_id))


def _of_rows(job_id: str) -> Response:
    body = json_body()
    read, faults = validated(PredictionsBody, body)
    if read is None:
        raise Invalid(faults)
    found = predictions.predict(services().models.current(tenant_id(), job_id), read.inputs)
    shown: Predictions = {
        "predictions": found.predictions,
        "probabilities": found.probabilities,  # type: ignore[typeddict-item]
        "classes": found.classes,
    }
    return json_response(shown)


def _of_file(model: Model) -> Response:
    held = services()
    with held.upload_places.take(), held.spool.folder() as folder:
        received = receive(folder / "sent", held.config.max_upload_bytes)
        answers = folder / "answers"
        with held.reading_files:
            predict_file(
                model, received.path, received.media_type, answers, limits.of_ingest(held.config)
            )
        file = answers.open("rb")  # stays readable without its name
    response = Response(
        FileWrapper(file, PIECE_BYTES), content_type=CONTENT_TYPES[received.media_type]
    )
    response.call_on_close(file.close)
    response.content_length = file.seek(0, SEEK_END)
    file.seek(0)
    return response
