"""From what a use case answered to the bytes of a response."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, request

from service.version import VERSION

JSON = "application/json"


def json_bytes(body: Any) -> bytes:
    """JSON with times in UTC; a number that is not finite becomes null."""
    return orjson.dumps(body, option=orjson.OPT_UTC_Z)


def json_response(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(json_bytes(body), status, headers, mimetype=JSON)


def no_content() -> Response:
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


def tagged(response: Response, *, of: Any = None) -> Response:
    """The response with an ETag, or 304 where the client has it already.

    The tag is of the body; or of what is given as `of`, and then a weak one, for a body that
    also holds what changes all the time without saying more.
    """
    content = response.get_data() if of is None else json_bytes(of)
    response.set_etag(hashlib.sha256(content).hexdigest()[:32], weak=of is not None)
    response.make_conditional(request)
    return response


def tag_of(*parts: Any) -> str:
    """A weak tag for an answer that is known by these parts, before it is made.

    Another version of the service may answer otherwise, and gives other tags.
    """
    return hashlib.sha256(json_bytes([VERSION, request.script_root, *parts])).hexdigest()[:32]


def unchanged(tag: str) -> Response | None:
    """304 where the client has the answer of this weak tag already."""
    given = request.headers.get("If-None-Match")
    # One tag alone, as clients send it, needs no parsing
    if given is None or not (given == f'W/"{tag}"' or request.if_none_match.contains_weak(tag)):
        return None
    response = Response(status=304)
    response.set_etag(tag, weak=True)
    return response


def page_links(following: Mapping[str, Any] | None) -> dict[str, str]:
    """The Link header to this same list with the parameters that make its next page."""
    if following is None:
        return {}
    parameters = {**request.args.to_dict(), **following}
    return {"Link": f'<{request.script_root}{request.path}?{urlencode(parameters)}>; rel="next"'}
