"""Which other sites' pages may drive this service: none but those the operator names."""

from __future__ import annotations

import re

from flask import Response, request

from service.api.services import services
from service.errors import Forbidden

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
ASKED = (
    "Authorization, Content-Type, Content-Digest, Idempotency-Key, If-None-Match, Last-Event-ID, "
    "Prefer, X-Request-ID, traceparent, tracestate"
)
SHOWN = (
    "Content-Disposition, ETag, Idempotent-Replayed, Link, Location, Preference-Applied, "
    "RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"
)
PREFLIGHT_SECONDS = 600
# How a browser names who had a request sent, where it does: this site itself, or its user
OWN = ("same-origin", "none")


def refuse_strange_hosts(allowed: tuple[str, ...]) -> None:
    """Raise Forbidden where the request is for a name that is not this service's."""
    if re.sub(r":\d*$", "", request.headers.get("Host", "")).lower() not in allowed:
        raise Forbidden("This service does not answer to the name in the Host header.")


def refuse_other_sites() -> None:
    """Raise Forbidden where a page of a site that is not this one, nor a named one, has it sent."""
    origin = request.headers.get("Origin")
    if origin is not None and not _is_own(origin) and not is_named(origin):
        raise Forbidden("No other site may drive this service.")
    if origin is None and request.headers.get("Sec-Fetch-Site", "none") not in OWN:
        raise Forbidden("No other site may drive this service.")


def _is_own(origin: str) -> bool:
    host = request.headers.get("Host")
    return origin in (f"http://{host}", f"https://{host}")


def is_named(origin: str | None) -> bool:
    """Whether this is an origin whose pages the operator lets in."""
    return origin is not None and origin in services().config.cors_origins


def preflight() -> Response | None:
    """The answer to a browser that asks what a page of a named origin may send."""
    is_asked = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    if not is_asked or not is_named(request.headers.get("Origin")):
        return None
    response = Response(status=204)
    del response.headers["Content-Type"]
    response.headers["Access-Control-Allow-Methods"] = METHODS
    response.headers["Access-Control-Allow-Headers"] = ASKED
    response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response


def let_in(response: Response) -> None:
    """Let the page of a named origin read the answer. Never with its cookies: it needs a key."""
    if not services().config.cors_origins:
        return
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if is_named(origin):
        response.headers["Access-Control-Allow-Origin"] = str(origin)
        response.headers["Access-Control-Expose-Headers"] = SHOWN
