"""Who sends this request: by the key in its header, or by the cookie of a browser signed in."""

from __future__ import annotations

from flask import request

from service import origins, sign_ins
from service.api.services import services
from service.auth import Caller
from service.errors import Forbidden, Unauthorized

COOKIE = "descentd_session"
CSRF_HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HOW = "Send an API key as `Authorization: Bearer …`."


def caller_of_request() -> Caller:
    """Raises Unauthorized; or Forbidden for a change that a page of another site may have sent.

    A header goes before a cookie: nobody's browser sends it unasked.
    """
    held = services()
    if "Authorization" in request.headers:
        found = held.key_checks.of_key(_bearer())
    elif cookie := request.cookies.get(COOKIE):
        found = held.key_checks.of_cookie(cookie)
        _refuse_forged(cookie)
    else:
        raise Unauthorized(HOW)
    if found.key_id is not None:
        held.last_use.note(found.key_id)
    return found


def _bearer() -> str:
    scheme, _, token = request.headers["Authorization"].partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized(HOW)
    return token.strip()


def _refuse_forged(cookie: str) -> None:
    if request.method in SAFE:
        return
    origins.refuse_other_sites()
    if not sign_ins.is_csrf_token(cookie, request.headers.get(CSRF_HEADER, "")):
        raise Forbidden(
            f"With a cookie, what changes something needs the header {CSRF_HEADER}; "
            "`GET /v1/session` tells its value."
        )
