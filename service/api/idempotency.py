"""What makes a request that creates the same request as one before."""

from __future__ import annotations

import hashlib

from flask import Response, request

from engine.errors import Fault
from service.api.requests import raw_body
from service.errors import Invalid
from service.idempotency import Answer, Key

HEADER = "Idempotency-Key"
KEPT_HEADERS = ("Location", "Retry-After")
MAX_LENGTH = 255


def key_of(tenant_id: str) -> Key | None:
    """The key of this request, whose body was read; raises Invalid for one that cannot be kept."""
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not (0 < len(given) <= MAX_LENGTH and given.isascii() and given.isprintable()):
        detail = f"must be 1 to {MAX_LENGTH} characters of ASCII"
        raise Invalid([Fault(f"?{HEADER}", detail)])
    route = f"{request.method} {request.path}"
    return Key(tenant_id, route, given, hashlib.sha256(raw_body()).hexdigest())


def answer_of(response: Response) -> Answer:
    """The response, as it is kept for the next request under the same key."""
    headers = {name: response.headers[name] for name in KEPT_HEADERS}
    return Answer(response.status_code, headers, response.get_data())


def replayed(answer: Answer) -> Response:
    """The first answer again."""
    headers = {**answer.headers, "Idempotent-Replayed": "true"}
    return Response(answer.body, answer.status, headers, mimetype="application/json")
