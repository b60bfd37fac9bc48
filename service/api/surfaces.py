"""/v1/jobs/{id}/surface and surface.svg: the cost around a model, drawn by a worker when asked."""

from __future__ import annotations

from flask import Blueprint, Response

from service import jobs, pictures, surfaces
from service.api.operations import Answer, Operation, documented
from service.api.pictures import SVG, svg_response
from service.api.requests import query
from service.api.responses import JSON, json_response, tagged
from service.api.services import services
from service.plots.surface import note_svg, surface_svg
from service.schemas.queries import SurfacePictureQuery, SurfaceQuery
from service.schemas.surfaces import Surface, SurfacePending
from service.security import tenant_id
from service.surfaces import AS_FITS, Wish

TAG = "results"
RETRY_AFTER = {"Retry-After": "1"}
NOT_YET = "The surface is not drawn yet. Ask again in a second."
WORDS = (
    "J on the training rows, with penalties, over a plane through the model's weights: the first "
    "two directions of the uncentred SVD of (w_t − w_model), with the path of descent projected "
    "on it; or two random directions, filter-normalised. A worker draws it when it is first asked "
    "for, between two jobs, and it is kept; until then the answer is 202. Of an unfinished job it "
    "is of its last checkpoint, and an older one is shown until it is drawn anew."
)

blueprint = Blueprint("surfaces", __name__, url_prefix="/v1/jobs/<job_id>")


@blueprint.get("/surface")
@documented(
    Operation(
        summary="Show the cost around a job's model",
        description=WORDS,
        tag=TAG,
        query=SurfaceQuery,
        headers=("If-None-Match",),
        answers={
            200: Answer("The surface.", Surface, headers=("ETag",)),
            202: Answer("It is being drawn.", SurfacePending, headers=("Retry-After",)),
            304: Answer("The surface as the ETag names it."),
        },
        problems=(404, 409, 422),
    )
)
def show_surface(job_id: str) -> Response:
    content = _content(job_id, query(SurfaceQuery))
    if content is None:
        pending: SurfacePending = {"job": job_id, "status": "pending"}
        return json_response(pending, 202, RETRY_AFTER)
    return tagged(Response(content, mimetype=JSON))


@blueprint.get("/surface.svg")
@documented(
    Operation(
        summary="Show the cost around a job's model as a picture",
        description=f"{WORDS} Without `theme` the picture follows what its reader prefers.",
        tag=TAG,
        query=SurfacePictureQuery,
        headers=("If-None-Match",),
        answers={
            200: Answer("The picture.", others={SVG: {"type": "string"}}, headers=("ETag",)),
            202: Answer(
                "A picture that says that it is being drawn.",
                others={SVG: {"type": "string"}},
                headers=("Retry-After",),
            ),
            304: Answer("The picture as the ETag names it."),
        },
        problems=(404, 409, 422),
    )
)
def draw_surface(job_id: str) -> Response:
    asked = query(SurfacePictureQuery)
    shape = (asked.theme, asked.width, asked.height)
    content = _content(job_id, asked)
    if content is None:
        response = svg_response(note_svg(NOT_YET, *shape), 202)
        response.headers.extend(RETRY_AFTER)
        return response
    with services().sessions.reading() as session:
        job = jobs.get(session, tenant_id(), job_id)
    return tagged(svg_response(surface_svg(pictures.surface(job, content), *shape)))


def _content(job_id: str, asked: SurfaceQuery) -> bytes | None:
    """What there is; a worker is asked for what there is not, or not as new as could be."""
    wish = Wish(job_id, asked.directions or "", asked.resolution or AS_FITS)
    with services().sessions.reading() as session:
        found = surfaces.look(session, tenant_id(), wish)
    if found.has_to_be_asked:
        with services().sessions.writing() as session:
            surfaces.ask(session, tenant_id(), wish)
            session.commit()
        services().queue.wake(job_id)
    return found.content
