"""/v1/datasets: data that were uploaded, or that jobs carried, kept under an id."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import BinaryIO

from flask import Blueprint, Response, request, send_file

from service import dataset_actions, datasets, rows
from service.api.operations import Answer, Operation, documented
from service.api.requests import json_body, query
from service.api.responses import JSON, json_response, no_content, page_links, tagged
from service.api.services import services
from service.builtin_datasets import BuiltIn, builtin_content
from service.database.tables import Dataset as DatasetRow
from service.digests import header_value
from service.errors import Invalid
from service.schemas.dataset_answers import Dataset, DatasetList, DatasetRows
from service.schemas.faults import validated
from service.schemas.patches import DatasetPatch
from service.schemas.queries import DatasetPageQuery, NoQuery, RowsQuery
from service.schemas.views import dataset_summary, dataset_whole
from service.security import tenant_id
from service.tables.media_types import MEDIA_TYPES

TAG = "datasets"
MERGE_PATCH = "application/merge-patch+json"
GZIPPED = "application/gzip"

blueprint = Blueprint("datasets", __name__, url_prefix="/v1/datasets")


@blueprint.get("")
@documented(
    Operation(
        summary="List datasets, newest first",
        tag=TAG,
        query=DatasetPageQuery,
        answers={200: Answer("A page of the list.", DatasetList, headers=("Link",))},
        problems=(422,),
    )
)
def list_datasets() -> Response:
    asked = query(DatasetPageQuery)
    with services().sessions.reading() as session:
        page = datasets.page(session, tenant_id(), limit=asked.limit, after=asked.after)
    shown: DatasetList = {
        "data": [dataset_summary(dataset, request.script_root) for dataset in page.data],
        "has_more": page.has_more,
        "next": page.next,
    }
    return json_response(shown, headers=page_links({"after": page.next} if page.next else None))


@blueprint.get("/<dataset_id>")
@documented(
    Operation(
        summary="Show a dataset",
        description="One of the tenant's by its id, or a built-in one by its name.",
        tag=TAG,
        query=NoQuery,
        headers=("If-None-Match",),
        answers={
            200: Answer("The dataset.", Dataset, headers=("ETag",)),
            304: Answer("The dataset as the ETag names it."),
        },
        problems=(404, 422),
    )
)
def show_dataset(dataset_id: str) -> Response:
    query(NoQuery)
    dataset = _dataset(dataset_id)
    return tagged(json_response(dataset_whole(dataset, request.script_root)))


@blueprint.patch("/<dataset_id>")
@documented(
    Operation(
        summary="Change a dataset's name",
        description="A JSON merge patch: null takes the name away.",
        tag=TAG,
        body=DatasetPatch,
        takes=(MERGE_PATCH, JSON),
        example={"name": "penguins"},
        query=NoQuery,
        answers={200: Answer("The dataset.", Dataset)},
        problems=(400, 404, 409, 413, 415, 422),
    )
)
def patch_dataset(dataset_id: str) -> Response:
    query(NoQuery)
    read, faults = validated(DatasetPatch, json_body(MERGE_PATCH))
    if read is None:
        raise Invalid(faults)
    changes = read.model_dump(exclude_unset=True)
    with services().sessions.writing() as session:
        dataset = dataset_actions.rename(session, tenant_id(), dataset_id, changes)
        answer = dataset_whole(dataset, request.script_root)
        session.commit()
    return json_response(answer)


@blueprint.delete("/<dataset_id>")
@documented(
    Operation(
        summary="Delete a dataset that no unfinished job needs",
        tag=TAG,
        query=NoQuery,
        answers={204: Answer("It is gone.")},
        problems=(404, 409, 422),
    )
)
def delete_dataset(dataset_id: str) -> Response:
    query(NoQuery)
    with services().sessions.writing() as session:
        left_over = dataset_actions.remove(session, tenant_id(), dataset_id)
        session.commit()
    for blob in left_over:
        services().blobs.delete(blob)
    return no_content()


@blueprint.get("/<dataset_id>/rows")
@documented(
    Operation(
        summary="Read some rows of a dataset",
        description="As many as asked for, or fewer where a row has many columns.",
        tag=TAG,
        query=RowsQuery,
        headers=("If-None-Match",),
        answers={
            200: Answer("The rows.", DatasetRows, headers=("Link", "ETag")),
            304: Answer("The rows as the ETag names them."),
        },
        problems=(404, 422, 503),
    )
)
def read_rows(dataset_id: str) -> Response:
    asked = query(RowsQuery)
    dataset = _dataset(dataset_id)
    with _gone_with_its_row(dataset_id):
        data = rows.read(services().blobs, dataset, asked.after, asked.limit)
    end = asked.after + len(data)
    following = end if data and end < dataset.rows else None
    shown: DatasetRows = {
        "columns": [column["name"] for column in dataset.columns],
        "data": data,
        "has_more": following is not None,
        "next": following,
    }
    links = page_links({"after": following} if following else None)
    return tagged(json_response(shown, headers=links))


@blueprint.get("/<dataset_id>/content")
@documented(
    Operation(
        summary="Fetch a dataset's bytes, as they were sent",
        description="Text that was sent packed comes as application/gzip.",
        tag=TAG,
        query=NoQuery,
        headers=("If-None-Match",),
        answers={
            200: Answer(
                "The bytes.",
                others={media_type: {} for media_type in (*MEDIA_TYPES, GZIPPED)},
                headers=("ETag", "Content-Digest"),
            ),
            304: Answer("The bytes as the ETag names them."),
        },
        problems=(404, 422, 503),
    )
)
def fetch_content(dataset_id: str) -> Response:
    query(NoQuery)
    dataset = _dataset(dataset_id)
    with _gone_with_its_row(dataset_id):
        content = _content(dataset)
    media_type = dataset.media_type if dataset.encoding is None else GZIPPED
    response = send_file(content, media_type, etag=dataset.sha256)
    response.content_length = dataset.size_bytes
    response.headers["Content-Digest"] = header_value("sha-256", bytes.fromhex(dataset.sha256))
    return response


def _dataset(dataset_id: str) -> DatasetRow | BuiltIn:
    with services().sessions.reading() as session:
        return datasets.find(session, tenant_id(), dataset_id)


def _content(dataset: DatasetRow | BuiltIn) -> BinaryIO:
    if isinstance(dataset, BuiltIn):
        return BytesIO(builtin_content(dataset.id))
    return services().blobs.open(dataset.blob)


@contextmanager
def _gone_with_its_row(dataset_id: str) -> Iterator[None]:
    """Bytes may be gone because the dataset was removed after it was looked up: it is not found."""
    try:
        yield
    except FileNotFoundError:
        _dataset(dataset_id)
        raise
