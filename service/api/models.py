"""/v1/jobs/{id}/model: what a job has learnt, in the form asked for."""

from __future__ import annotations

from os import SEEK_END

from flask import Blueprint, Response
from werkzeug.wsgi import FileWrapper

from service.api.accepting import accepted
from service.api.operations import Answer, Operation, documented
from service.api.requests import query
from service.api.responses import tag_of, unchanged
from service.api.services import services
from service.exports import exporting
from service.exports.contents import Contents
from service.exports.file_names import content_disposition
from service.exports.formats import FORMATS, Format
from service.schemas.models import ModelShown
from service.schemas.queries import ModelQuery
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
