"""/ and the other pages for browsers, and their files."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from service.api.operations import Answer, Operation, documented
from service.web_files import WebFile, web_files

TAG = "pages"
# Nothing but the service's own files is loaded, run or asked. A picture may be one that the page
# fetched itself, since an image alone cannot send a key.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
A_YEAR = "public, max-age=31536000, immutable"
NOT_KEPT = "no-cache"
HTML = {"text/html": {"type": "string"}}
KINDS = ("text/css", "text/javascript", "image/svg+xml")

blueprint = Blueprint("web", __name__)


def _page_operation(summary: str) -> Operation:
    return Operation(
        summary=summary,
        tag=TAG,
        headers=("If-None-Match",),
        answers={
            200: Answer("The page.", others=HTML, headers=("ETag",)),
            304: Answer("The page as the ETag names it."),
        },
        is_open=True,
    )


@blueprint.get("/")
@documented(_page_operation("Watch and start jobs in a browser"))
def show_dashboard() -> Response:
    return _page("index.html")


@blueprint.get("/one-step")
@documented(_page_operation("See one step of gradient descent in a browser"))
def show_one_step() -> Response:
    return _page("one-step/index.html")


@blueprint.get("/web/<digest>/<path:file>")
@documented(
    Operation(
        summary="Fetch a file of these pages",
        description="Under the digest that the pages name, a file never changes.",
        tag=TAG,
        headers=("If-None-Match",),
        answers={
            200: Answer(
                "The file.", others={kind: {"type": "string"} for kind in KINDS}, headers=("ETag",)
            ),
            304: Answer("The file as the ETag names it."),
        },
        problems=(404,),
        is_open=True,
    )
)
def fetch_web_file(digest: str, file: str) -> Response:
    held = web_files()
    if file not in held.files or file.endswith(".html"):
        raise NotFound("The pages have no such file.")
    # Under another digest it is a page of another version that asks, while the two run side by side
    return _sent(held.files[file], A_YEAR if digest == held.digest else NOT_KEPT)


def _page(name: str) -> Response:
    page = web_files().files.get(name)
    if page is None:
        raise NotFound("There is no such page.")
    response = _sent(page, NOT_KEPT)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _sent(file: WebFile, kept: str) -> Response:
    is_packed = request.accept_encodings.quality("gzip") > 0
    response = Response(file.packed if is_packed else file.content, mimetype=file.media_type)
    if is_packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = kept
    response.set_etag(f"{file.digest}-gzip" if is_packed else file.digest)
    response.make_conditional(request)
    return response
