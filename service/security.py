"""Who may ask, and what every answer carries: hooks around each request."""

from __future__ import annotations

import re
import uuid

from flask import Flask, Response, current_app, g, request

from service import auth
from service.api.operations import operation_of
from service.api.services import Services, services
from service.errors import Forbidden, Unauthorized

REQUEST_ID = re.compile(r"[A-Za-z0-9._~+/=-]{1,128}")
TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-cache",
}


def register(app: Flask) -> None:
    """Put the hooks around every request of `app`, also one that no route answers."""
    app.before_request(_name_request)
    app.before_request(_let_in)
    app.after_request(_finish)


def tenant_id() -> str:
    """Whose request this is."""
    return str(g.tenant_id)


def traceparent() -> str | None:
    """The W3C trace this request belongs to: its own span, or what it says in the right form."""
    given = g.get("traceparent") or request.headers.get("traceparent", "")
    return given if TRACEPARENT.fullmatch(given) else None


def _name_request() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _let_in() -> None:
    app_services = services()
    if app_services.config.auth == "off":
        _refuse_strange_hosts(app_services.config.allowed_hosts)
        _refuse_other_sites()
        g.tenant_id = auth.DEFAULT_TENANT
    if _is_open():
        return
    app_services.schema.require()
    if app_services.config.auth != "off":
        g.tenant_id = _tenant_of_key(app_services)


def _refuse_strange_hosts(allowed: tuple[str, ...]) -> None:
    if _without_port(request.headers.get("Host", "")).lower() not in allowed:
        raise Forbidden("This service does not answer to the name in the Host header.")


def _refuse_other_sites() -> None:
    origin = request.headers.get("Origin")
    host = request.headers.get("Host")
    if origin is not None and origin not in (f"http://{host}", f"https://{host}"):
        raise Forbidden("No other site may drive this service.")


def _without_port(host: str) -> str:
    return re.sub(r":\d*$", "", host)


def _is_open() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and operation_of(view).is_open


def _tenant_of_key(app_services: Services) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("Send an API key as `Authorization: Bearer …`.")
    with app_services.sessions.reading() as session:
        return auth.tenant_of(session, token.strip())


def _finish(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.request_id
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
