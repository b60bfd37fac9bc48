"""/v1/jobs/{id}/history: one row for each epoch, as JSON, CSV or NDJSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotAcceptable

from service import history
from service.api.operations import Answer, Operation, documented
from service.api.requests import query
from service.api.responses import JSON, json_bytes, page_links
from service.api.services import services
from service.history import COLUMNS, HistoryPage
from service.schemas.queries import HistoryQuery
from service.schemas.results import HistoryColumns, HistoryRows
from service.security import tenant_id

CSV = "text/csv"
NDJSON = "application/x-ndjson"
FORMATS = {"json": JSON, "csv": CSV, "ndjson": NDJSON}

blueprint = Blueprint("history", __name__, url_prefix="/v1/jobs/<job_id>/history")


@blueprint.get("")
@documented(
    Operation(
        summary="Read a job's history",
        description="Epoch 0 is the cost at the starting weights. A running job's history grows.",
        tag="results",
        query=HistoryQuery,
        answers={
            200: Answer(
                "A page of the history.",
                HistoryRows | HistoryColumns,
                others={CSV: {"type": "string"}, NDJSON: {"type": "string"}},
                headers=("Link",),
            )
        },
        problems=(404, 406, 422),
    )
)
def read_history(job_id: str) -> Response:
    asked = query(HistoryQuery)
    media_type = FORMATS[asked.format] if asked.format else _accepted()
    with services().sessions.reading() as session:
        page = history.page(session, tenant_id(), job_id, asked.after_epoch, asked.limit)
    following = {"after_epoch": page.next} if page.has_more else None
    headers = {"Vary": "Accept", **page_links(following)}
    content = _WRITERS[media_type](page, asked.layout)
    return Response(content, headers=headers, content_type=_content_type(media_type))


def _accepted() -> str:
    if "Accept" not in request.headers:
        return JSON
    found = request.accept_mimetypes.best_match([JSON, CSV, NDJSON])
    if found is None:
        raise NotAcceptable(f"The history is given as {JSON}, {CSV} or {NDJSON}.")
    return found


def _content_type(media_type: str) -> str:
    return f"{CSV}; charset=utf-8; header=present" if media_type == CSV else media_type


def _json(page: HistoryPage, layout: str) -> bytes:
    data: Mapping[str, Any]
    if layout == "rows":
        data = {"data": [dict(zip(COLUMNS, row, strict=True)) for row in page.rows]}
    else:
        columns = list(zip(*page.rows, strict=True)) or [()] * len(COLUMNS)
        data = {"columns": dict(zip(COLUMNS, columns, strict=True))}
    return json_bytes({**data, "has_more": page.has_more, "next": page.next})


def _csv(page: HistoryPage, _layout: str) -> bytes:
    lines = (",".join(map(_cell, row)) for row in page.rows)
    return "".join(f"{line}\r\n" for line in (",".join(COLUMNS), *lines)).encode()


def _cell(value: float | bool | None) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _ndjson(page: HistoryPage, _layout: str) -> bytes:
    return b"".join(json_bytes(dict(zip(COLUMNS, row, strict=True))) + b"\n" for row in page.rows)


_WRITERS: Mapping[str, Callable[[HistoryPage, str], bytes]] = {
    JSON: _json,
    CSV: _csv,
    NDJSON: _ndjson,
}
