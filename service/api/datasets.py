"""/v1/datasets: the data that jobs carried, kept under an id."""

from __future__ import annotations

from flask import Blueprint, Response, request, send_file

from service import datasets
from service.api.operations import Answer, Operation, documented
from service.api.requests import query
from service.api.responses import json_response, page_links, tagged
from service.api.services import services
from service.schemas.answers import Dataset, DatasetList
from service.schemas.queries import DatasetPageQuery, NoQuery
from service.schemas.views import dataset_whole
from service.security import tenant_id

TAG = "datasets"

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
        "data": [dataset_whole(dataset, request.script_root) for dataset in page.data],
        "has_more": page.has_more,
        "next": page.next,
    }
    return json_response(shown, headers=page_links({"after": page.next} if page.next else None))


@blueprint.get("/<dataset_id>")
@documented(
    Operation(
        summary="Show a dataset",
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
    with services().sessions.reading() as session:
        dataset = datasets.get(session, tenant_id(), dataset_id)
    return tagged(json_response(dataset_whole(dataset, request.script_root)))


@blueprint.get("/<dataset_id>/content")
@documented(
    Operation(
        summary="Fetch a dataset's bytes, as they were sent",
        tag=TAG,
        query=NoQuery,
        headers=("If-None-Match",),
        answers={
            200: Answer("The bytes.", dict[str, object], headers=("ETag",)),
            304: Answer("The bytes as the ETag names them."),
        },
        problems=(404, 422),
    )
)
def fetch_content(dataset_id: str) -> Response:
    query(NoQuery)
    held = services()
    with held.sessions.reading() as session:
        dataset = datasets.get(session, tenant_id(), dataset_id)
    content = held.blobs.open(dataset.blob)
    return send_file(content, mimetype=dataset.media_type, etag=dataset.sha256)
