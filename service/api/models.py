"""/v1/jobs/{id}/model and predictions: what a job has learnt, and what it says of new rows."""

from __future__ import annotations

from os import SEEK_END

from flask import Blueprint, Response
from werkzeug.wsgi import FileWrapper

from engine.model import Model
from service import predictions, trained_models
from service.api.accepting import accepted
from service.api.operations import Answer, Operation, documented
from service.api.requests import json_body, query
from service.api.responses import json_response, tag_of, unchanged
from service.api.services import services
from service.errors import Invalid
from service.exports import exporting
from service.exports.contents import Contents
from service.exports.file_names import content_disposition
from service.exports.formats import FORMATS, Format
from service.schemas.faults import validated
from service.schemas.models import ModelShown
from service.schemas.queries import ModelQuery, NoQuery
from service.schemas.results import Predictions, PredictionsBody
from service.scopes import Scope
from service.security import tenant_id

TAG = "results"
PIECE_BYTES = 64 * 1024
BY_MEDIA_TYPE = {format_.media_type: format_ for format_ in FORMATS.values()}
OFFERED = tuple(BY_MEDIA_TYPE)

blueprint = Blueprint("models", __name__, url_prefix="/v1/jobs/<job_id>")


@blueprint.get("/model")
@documented(
    Operation(
        summary="Fetch a job's model",
        description="The weights, and all that is needed to predict on raw columns again. "
        "An ONNX file takes the raw columns and gives predictions and probabilities by itself.",
        tag=TAG,
        query=ModelQuery,
        headers=("If-None-Match",),
        answers={
            200: Answer(
                "The model.",
                ModelShown,
                others={media: {"type": "string", "format": "binary"} for media in OFFERED[1:]},
                headers=("ETag", "Content-Disposition"),
            ),
            304: Answer("The model as the ETag names it."),
        },
        problems=(404, 406, 409, 422),
    )
)
def fetch_model(job_id: str) -> Response:
    format_ = _format(query(ModelQuery).format)
    held = services()
    contents = exporting.contents_of(held.sessions, held.blobs, tenant_id(), job_id)
    # A file is written from nothing but the metadata and the weights, whose digest is among them
    tag = tag_of(format_.suffix, contents.metadata)
    response = unchanged(tag) or _file(contents, format_)
    response.set_etag(tag, weak=True)
    response.vary.add("Accept")
    return response


def _format(named: str | None) -> Format:
    if named is not None:
        return FORMATS[named]
    return BY_MEDIA_TYPE[accepted(OFFERED, "A model")]


def _file(contents: Contents, format_: Format) -> Response:
    """The response reads the file piece by piece, and closes it at its end."""
    file = format_.written(contents)
    response = Response(FileWrapper(file, PIECE_BYTES), content_type=format_.media_type)
    response.call_on_close(file.close)
    response.content_length = file.seek(0, SEEK_END)
    file.seek(0)
    name, job = contents.metadata["name"], contents.metadata["job"]
    response.headers["Content-Disposition"] = content_disposition(name, job, format_.suffix)
    return response


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
        scope=Scope.READ,
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
