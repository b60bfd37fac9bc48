"""What is no resource: whether the service lives and is ready, what it is, how it is used."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, send_from_directory
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from werkzeug.exceptions import NotFound

from service import limits, readiness
from service.api.operations import Answer, Operation, documented
from service.api.requests import query
from service.api.responses import JSON, json_response, tagged
from service.api.services import services
from service.schemas.answers import About, Alive, Readiness
from service.schemas.queries import NoQuery
from service.version import VERSION

TAG = "service"
WEB = Path(__file__).parents[1] / "web"
PAGE = "docs.html"
FILES = {
    "docs.js": "docs.js",
    "swagger-ui.css": "vendor/swagger-ui/swagger-ui.css",
    "swagger-ui-bundle.js": "vendor/swagger-ui/swagger-ui-bundle.js",
}
# The page sets styles on its elements; nothing but its own files is loaded or run.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

blueprint = Blueprint("system", __name__)


@blueprint.get("/healthz")
@documented(
    Operation(
        summary="Tell that the process lives",
        tag=TAG,
        answers={200: Answer("It lives.", Alive)},
        is_open=True,
    )
)
def tell_alive() -> Response:
    alive: Alive = {"status": "ok"}
    return json_response(alive)


@blueprint.get("/readyz")
@documented(
    Operation(
        summary="Tell whether every part is fit",
        tag=TAG,
        answers={
            200: Answer("All parts are fit.", Readiness),
            503: Answer("Some part is not fit; the answer says which.", Readiness),
        },
        is_open=True,
    )
)
def tell_ready() -> Response:
    parts = readiness.parts(services().sessions, services().queue.reachable)
    is_ready = all(state == readiness.FIT for state in parts.values())
    shown: Readiness = {"status": "ready" if is_ready else "not ready", "parts": parts}
    return json_response(shown, 200 if is_ready else 503)


@blueprint.get("/v1")
@documented(
    Operation(
        summary="Tell the version, and the limits in force",
        tag=TAG,
        query=NoQuery,
        answers={200: Answer("The version and the limits.", About)},
        problems=(422,),
    )
)
def tell_about() -> Response:
    query(NoQuery)
    about: About = {
        "name": "descentd",
        "version": VERSION,
        "limits": limits.in_force(services().config),
    }
    return json_response(about)


@blueprint.get("/metrics")
@documented(
    Operation(
        summary="Tell Prometheus how the service does",
        description="The requests of this process, and what the database says of the whole "
        "service. With keys on, any key opens it; no number names a tenant.",
        tag=TAG,
        answers={200: Answer("The metrics.", others={"text/plain": {"type": "string"}})},
    )
)
def tell_metrics() -> Response:
    return Response(services().metrics.text(), content_type=CONTENT_TYPE_PLAIN_0_0_4)


@blueprint.get("/openapi.json")
@documented(
    Operation(
        summary="Describe this interface in OpenAPI 3.1",
        tag=TAG,
        headers=("If-None-Match",),
        answers={
            200: Answer("The description.", dict[str, object], headers=("ETag",)),
            304: Answer("The description as the ETag names it."),
        },
        is_open=True,
    )
)
def describe() -> Response:
    return tagged(Response(services().description(), mimetype=JSON))


@blueprint.get("/docs")
@documented(
    Operation(
        summary="Try this interface in a browser",
        tag=TAG,
        answers={200: Answer("The page.", others={"text/html": {"type": "string"}})},
        is_open=True,
    )
)
def show_docs() -> Response:
    response = send_from_directory(WEB, PAGE)
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


@blueprint.get("/docs/<file>")
@documented(
    Operation(
        summary="Fetch a file of that page",
        tag=TAG,
        answers={
            200: Answer(
                "The file.",
                others={"text/css": {"type": "string"}, "text/javascript": {"type": "string"}},
            )
        },
        problems=(404,),
        is_open=True,
    )
)
def fetch_docs_file(file: str) -> Response:
    if file not in FILES:
        raise NotFound("The page has no such file.")
    return send_from_directory(WEB, FILES[file])
