"""Who may ask, and what every answer carries: hooks around each request."""

from __future__ import annotations

import re
import uuid

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import RequestHeaderFieldsTooLarge, RequestURITooLarge

from service import auth, origins
from service.api.operations import Operation, operation_of
from service.api.services import services
from service.auth import Caller
from service.callers import SAFE, caller_of_request
from service.errors import Forbidden, TooManyRequests
from service.rates import Rates
from service.rates.headers import told
from service.scopes import Scope

REQUEST_ID = re.compile(r"[A-Za-z0-9._~+/=-]{1,128}")
TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
MOST_HEADER_BYTES = 32 * 1024
MOST_ADDRESS_BYTES = 8 * 1024

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-cache",
}
HTTPS_ONLY = "max-age=31536000"


def register(app: Flask) -> None:
    """Put the hooks around every request of `app`, also one that no route answers."""
    app.before_request(_name_request)
    app.before_request(_refuse_long_heads)
    app.before_request(origins.preflight)
    app.before_request(_let_in)
    app.after_request(_finish)


def caller() -> Caller:
    """Who sends this request."""
    found = g.caller
    assert isinstance(found, Caller)
    return found


def tenant_id() -> str:
    """Whose request this is."""
    return caller().tenant_id


def known_tenant() -> str | None:
    """The same as far as it is known: a request may be refused before."""
    return caller().tenant_id if "caller" in g else None


def traceparent() -> str | None:
    """The W3C trace this request belongs to: its own span, or what it says in the right form."""
    given = g.get("traceparent") or request.headers.get("traceparent", "")
    return given if TRACEPARENT.fullmatch(given) else None


def scope_of(operation: Operation, method: str) -> Scope:
    """What a key must allow for this: by its method, unless the operation says otherwise."""
    return operation.scope or (Scope.READ if method in SAFE else Scope.WRITE)


def _name_request() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _refuse_long_heads() -> None:
    environ = request.environ
    if len(environ.get("QUERY_STRING", "")) + len(environ["PATH_INFO"]) > MOST_ADDRESS_BYTES:
        raise RequestURITooLarge(f"An address has at most {MOST_ADDRESS_BYTES} bytes.")
    headers = (name for name in environ if name.startswith("HTTP_"))
    if sum(len(name) + len(environ[name]) for name in headers) > MOST_HEADER_BYTES:
        raise RequestHeaderFieldsTooLarge(
            f"The headers have at most {MOST_HEADER_BYTES} bytes in all."
        )


def _let_in() -> None:
    held, operation = services(), _operation()
    if held.config.auth == "off":
        origins.refuse_strange_hosts(held.config.allowed_hosts)
        origins.refuse_other_sites()
        g.caller = auth.EVERYONE
    if operation is not None and operation.is_open:
        return
    held.schema.require()
    if held.config.auth != "off":
        g.caller = caller_of_request()
    _require_patience(held.rates)
    if operation is not None:
        _require_scope(scope_of(operation, request.method))


def _operation() -> Operation | None:
    view = current_app.view_functions.get(request.endpoint or "")
    return None if view is None else operation_of(view)


def _require_patience(rates: Rates) -> None:
    g.standing = standing = rates.count(caller().key_id or caller().tenant_id)
    if standing is not None and standing.is_over:
        raise TooManyRequests(
            f"A key may send {standing.most} requests in a minute; these are more.",
            standing.seconds,
        )


def _require_scope(needed: Scope) -> None:
    if not caller().scope.allows(needed):
        raise Forbidden(f"This needs a key of scope {needed}; yours is of scope {caller().scope}.")


def _finish(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.request_id
    said = {name.lower() for name, _ in response.headers}
    for name, value in HEADERS.items():
        if name.lower() not in said:
            response.headers.add(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = HTTPS_ONLY
    response.headers.extend(told(g.get("standing")))
    origins.let_in(response)
    return response
