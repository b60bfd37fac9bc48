"""/v1/jobs/{id}/cost.svg and cost.png: the cost curve as a picture."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request

from service import jobs, pictures
from service.api.operations import Answer, Operation, documented
from service.api.requests import query
from service.api.responses import tag_of, unchanged
from service.api.services import services
from service.plots.cost import cost_svg
from service.plots.palette import STYLE_HASH
from service.plots.png import png_of
from service.schemas.queries import PictureQuery
from service.security import tenant_id

TAG = "results"
SVG = "image/svg+xml"
PNG = "image/png"
# A picture opened by itself may use the one style sheet that it holds, and nothing else.
POLICY = f"default-src 'none'; style-src '{STYLE_HASH}'; frame-ancestors 'none'"
WORDS = (
    "Training and validation cost, with the best epoch and the last one marked, the learning rate "
    "beneath, and the diagnosis in words. Of a running job, as far as it is. The scale is "
    "logarithmic where the greatest value is 20 times the least or more."
)

blueprint = Blueprint("pictures", __name__, url_prefix="/v1/jobs/<job_id>")


@blueprint.get("/cost.svg")
@documented(
    Operation(
        summary="Show a job's cost curve as SVG",
        description=f"{WORDS} Without `theme` it follows what its reader prefers.",
        tag=TAG,
        query=PictureQuery,
        headers=("If-None-Match",),
        answers={
            200: Answer("The picture.", others={SVG: {"type": "string"}}, headers=("ETag",)),
            304: Answer("The picture as the ETag names it."),
        },
        problems=(404, 422),
    )
)
def draw_cost_svg(job_id: str) -> Response:
    return _cost(job_id, query(PictureQuery), svg_response)


@blueprint.get("/cost.png")
@documented(
    Operation(
        summary="Show a job's cost curve as PNG",
        description=f"{WORDS} Light unless `theme` says otherwise.",
        tag=TAG,
        query=PictureQuery,
        headers=("If-None-Match",),
        answers={
            200: Answer(
                "The picture.",
                others={PNG: {"type": "string", "format": "binary"}},
                headers=("ETag",),
            ),
            304: Answer("The picture as the ETag names it."),
        },
        problems=(404, 422),
    )
)
def draw_cost_png(job_id: str) -> Response:
    asked = query(PictureQuery)
    themed = asked.model_copy(update={"theme": asked.theme or "light"})
    return _cost(job_id, themed, _png_response)


def svg_response(svg: str, status: int = 200) -> Response:
    """A picture that may use its own style sheet, wherever it is shown."""
    headers = {"Content-Security-Policy": POLICY}
    return Response(svg, status, headers, content_type=f"{SVG}; charset=utf-8")


def _png_response(svg: str) -> Response:
    return Response(png_of(svg), content_type=PNG)


def _cost(job_id: str, asked: PictureQuery, respond: Callable[[str], Response]) -> Response:
    held = services()
    with held.sessions.reading() as session:
        job = jobs.get(session, tenant_id(), job_id)
        # Known before it is drawn: each change a reader can see raises `changed`
        tag = tag_of(job.id, job.changed, request.path, asked.model_dump())
        if same := unchanged(tag):
            return same
        curve = pictures.cost_curve(session, held.drawn_rows, job)
    response = respond(cost_svg(curve, asked.theme, asked.width, asked.height))
    response.set_etag(tag, weak=True)
    return response
