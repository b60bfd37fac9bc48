"""From an exception to its answer: the only map from exceptions to HTTP (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, request
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from engine.errors import Fault, FaultsError
from service.api.services import services
from service.blobs import StoreError
from service.disk import is_full
from service.errors import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    KeyReused,
    Mismatch,
    NotFound,
    QueueFull,
    ServiceError,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unfit,
    Unsupported,
)
from service.schemas.problems import FaultShown

MEDIA_TYPE = "application/problem+json"
PARAMETER = "?"  # begins the pointer of a fault that lies in the query, not in the body
FAULTS_DETAIL = "What was sent breaks the contract; `errors` names every place."

STATUSES: dict[type[ServiceError], int] = {
    Unauthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    Mismatch: 400,
    Conflict: 409,
    TooLarge: 413,
    Unsupported: 415,
    KeyReused: 422,
    Invalid: 422,
    QueueFull: 429,
    TooManyRequests: 429,
    Busy: 503,
}

logger = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Have every exception of `app` answered as a problem."""
    app.register_error_handler(ServiceError, _service_error)
    app.register_error_handler(FaultsError, lambda error: _faults(error.faults))
    app.register_error_handler(HTTPException, _http_error)
    for unreachable in (OperationalError, ProgrammingError, InterfaceError, PoolTimeoutError):
        app.register_error_handler(unreachable, _database_error)
    app.register_error_handler(OSError, _os_error)
    app.register_error_handler(Exception, _unforeseen)


def problem(status: int, detail: str, **members: Any) -> Response:
    """An RFC 9457 answer; `members` are further members of the object."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        **members,
    }
    return Response(orjson.dumps(body), status, mimetype=MEDIA_TYPE)


def _service_error(error: ServiceError) -> Response:
    if isinstance(error, Invalid):
        return _faults(error.faults)
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), None)
    if status is None:
        return _unforeseen(error)
    response = problem(status, error.detail)
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, Busy):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _faults(faults: Iterable[Fault]) -> Response:
    errors = [_shown(fault) for fault in faults]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, FAULTS_DETAIL, errors=errors)


def _shown(fault: Fault) -> FaultShown:
    if fault.pointer.startswith(PARAMETER):
        return {"parameter": fault.pointer.removeprefix(PARAMETER), "detail": fault.detail}
    return {"pointer": fault.pointer, "detail": fault.detail}


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error  # a redirect, which is an answer of its own
    response = problem(error.code, error.description or "")
    for name, value in error.get_response().headers:
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _os_error(error: OSError) -> Response:
    if isinstance(error, StoreError):
        return _unreachable("The store of datasets and models", error)
    return _no_room(error) if is_full(error) else _unforeseen(error)


def _unreachable(what: str, error: Exception) -> Response:
    logger.error("%s did not answer: %s", what.lower(), error)
    detail = f"{what} does not answer; try again."
    response = problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)
    response.headers["Retry-After"] = "1"
    return response


def _no_room(error: Exception) -> Response:
    logger.error("the disk is full: %s", error)
    detail = "The service has no room left to store this; try again later."
    response = problem(HTTPStatus.INSUFFICIENT_STORAGE, detail)
    response.headers["Retry-After"] = "60"
    return response


def _database_error(error: Exception) -> Response:
    if is_full(error):
        return _no_room(error)
    try:
        services().schema.look()
    except Unfit as unfit:
        return _service_error(unfit)
    except SQLAlchemyError as unreachable:
        error = unreachable
    if isinstance(error, ProgrammingError):
        return _unforeseen(error)
    return _unreachable("The database", error)


def _unforeseen(error: Exception) -> Response:
    logger.error("unforeseen error at %s %s", request.method, request.path, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "This should not have happened; the log tells more."
    )
