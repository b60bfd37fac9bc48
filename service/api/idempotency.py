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


def given() -> str | None:
    """What the request says its key is; raises Invalid for one that cannot be kept."""
    text = request.headers.get(HEADER)
    if text is None or (0 < len(text) <= MAX_LENGTH and text.isascii() and text.isprintable()):
        return text
    raise Invalid([Fault(f"?{HEADER}", f"must be 1 to {MAX_LENGTH} characters of ASCII")])


def key_of(tenant_id: str) -> Key | None:
    """The key of this request, whose body was read; raises Invalid as `given`."""
    text = given()
    return None if text is None else key(tenant_id, text, hashlib.sha256(raw_body()).hexdigest())


def key(tenant_id: str, text: str, digest: str) -> Key:
    """The key of this request, whose body has this digest."""
    return Key(tenant_id, f"{request.method} {request.path}", text, digest)


def answer_of(response: Response) -> Answer:
    """The response, as it is kept for the next request under the same key."""
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return Answer(response.status_code, headers, response.get_data())


def replayed(answer: Answer) -> Response:
    """The first answer again."""
    headers = {**answer.headers, "Idempotent-Replayed": "true"}
    return Response(answer.body, answer.status, headers, mimetype="application/json")
