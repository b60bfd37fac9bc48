"""What is written down of each request: one line in the log, and its place in the metrics."""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from service.api.services import services
from service.security import known_tenant, traceparent
from service.telemetry import SERVER

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Put the hooks around every request of `app`; to be called after `security.register`."""
    # Before all others, which may refuse the request
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.before_request(_tell_whose)
    app.after_request(_write_down)
    app.teardown_request(_forget)


def _begin() -> None:
    g.began = time.perf_counter()
    clear_contextvars()
    g.span = services().tracing.begin(request.method, SERVER, traceparent(), {})
    g.traceparent = g.span.traceparent


def _tell_whose() -> None:
    known = {"request_id": g.request_id, "tenant": known_tenant(), "trace_id": trace_id()}
    bind_contextvars(**{name: value for name, value in known.items() if value})


def trace_id() -> str | None:
    """The W3C trace of this request, if it belongs to one."""
    parent = traceparent()
    return parent.split("-")[1] if parent else None


def _write_down(response: Response) -> Response:
    seconds = time.perf_counter() - g.began
    route = request.url_rule.rule if request.url_rule else None
    was_held = bool(g.get("was_held"))
    services().metrics.observe(request.method, route, response.status_code, seconds, was_held)
    fields = {
        "method": request.method,
        "path": request.path,
        "route": route,
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
        "request_id": g.request_id,
        "tenant": known_tenant(),
        "trace_id": trace_id(),
    }
    _end_span(route, response.status_code)
    log.info("answered", extra={name: value for name, value in fields.items() if value is not None})
    return response


def _end_span(route: str | None, status: int) -> None:
    told = {
        "http.request.method": request.method,
        "url.path": request.path,
        "http.route": route,
        "http.response.status_code": status,
        "descentd.request_id": g.request_id,
        "descentd.tenant": known_tenant(),
    }
    g.span.end(told, error=f"answered {status}" if status >= 500 else None)


def _forget(_error: BaseException | None) -> None:
    clear_contextvars()
