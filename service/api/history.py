"""/v1/jobs/{id}/history: one row for each epoch, as JSON, CSV or NDJSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from flask import Blueprint, Response

from service import history, thinning
from service.api import history_formats as formats
from service.api.accepting import accepted
from service.api.operations import Answer, Operation, documented
from service.api.requests import query
from service.api.responses import JSON, page_links, tag_of, unchanged
from service.api.services import services
from service.history import PAGE_ROWS, Span
from service.schemas.queries import HistoryQuery
from service.schemas.results import HistoryColumns, HistoryRows
from service.security import tenant_id

CSV = "text/csv"
NDJSON = "application/x-ndjson"
FORMATS = {"json": JSON, "csv": CSV, "ndjson": NDJSON}
OFFERED = tuple(FORMATS.values())

WRITERS: Mapping[str, Callable[[formats.Pages, Span], Iterator[bytes]]] = {
    JSON: formats.json_rows,
    CSV: formats.csv,
    NDJSON: formats.ndjson,
}

blueprint = Blueprint("history", __name__, url_prefix="/v1/jobs/<job_id>/history")


@blueprint.get("")
@documented(
    Operation(
        summary="Read a job's history",
        description="Epoch 0 is the cost at the starting weights. A running job's history grows.",
        tag="results",
        query=HistoryQuery,
        headers=("If-None-Match",),
        answers={
            200: Answer(
                "A page of the history.",
                HistoryRows | HistoryColumns,
                others={CSV: {"type": "string"}, NDJSON: {"type": "string"}},
                headers=("Link", "ETag"),
            ),
            304: Answer("The page as the ETag names it."),
        },
        problems=(404, 406, 422),
    )
)
def read_history(job_id: str) -> Response:
    asked = query(HistoryQuery)
    media_type = FORMATS[asked.format] if asked.format else accepted(OFFERED, "The history")
    with services().sessions.reading() as session:
        span = history.span(session, tenant_id(), job_id, asked.after_epoch, asked.most_rows)
    # Rows never change, so that a page is known by which it holds
    tag = tag_of(
        job_id, span.first, span.last, span.has_more, asked.points, asked.layout, media_type
    )
    response = unchanged(tag) or _answer(span, asked, media_type)
    response.set_etag(tag, weak=True)
    response.vary.add("Accept")
    response.headers.extend(page_links({"after_epoch": span.next} if span.has_more else None))
    return response


def _answer(span: Span, asked: HistoryQuery, media_type: str) -> Response:
    pieces = _pieces(span, asked, media_type)
    # What is short, or cannot be cut off unnoticed, is whole before it is sent
    is_whole = media_type == JSON or asked.points or span.count <= PAGE_ROWS
    content = b"".join(pieces) if is_whole else pieces
    return Response(content, content_type=_content_type(media_type))


def _pieces(span: Span, asked: HistoryQuery, media_type: str) -> Iterator[bytes]:
    sessions, few = services().sessions, None
    if asked.points is not None:
        with sessions.reading() as session:
            few = [thinning.thinned(session, span, asked.points)]
    if media_type == JSON and asked.layout == "columns":
        columns = map(history.transposed, few) if few else history.column_pages(sessions, span)
        return formats.json_columns(columns, span)
    return WRITERS[media_type](few or history.pages(sessions, span), span)


def _content_type(media_type: str) -> str:
    return f"{CSV}; charset=utf-8; header=present" if media_type == CSV else media_type
