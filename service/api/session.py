"""/v1/session: a browser shows its key once, and is known by a cookie that no script can read."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, Response, request

from service import origins, sign_ins
from service.api.operations import Answer, Operation, documented
from service.api.requests import json_body, query
from service.api.responses import json_response, no_content
from service.api.services import services
from service.auth import Caller
from service.callers import COOKIE
from service.errors import Conflict, Invalid
from service.schemas.faults import validated
from service.schemas.keys import SessionShown, SignInBody
from service.schemas.queries import NoQuery
from service.scopes import Scope
from service.security import caller

TAG = "keys"
EXAMPLE = {"key": "dsk_0123456789012345678901234567890123456789012"}

blueprint = Blueprint("session", __name__, url_prefix="/v1/session")


@blueprint.post("")
@documented(
    Operation(
        summary="Sign a browser in",
        description="The cookie is HttpOnly and SameSite=Strict, and over HTTPS Secure. What is "
        "changed with it needs the answer's `csrf_token` as `X-CSRF-Token`.",
        tag=TAG,
        body=SignInBody,
        example=EXAMPLE,
        query=NoQuery,
        answers={200: Answer("Signed in.", SessionShown, headers=("Set-Cookie",))},
        problems=(400, 401, 403, 409, 413, 415, 422),
        is_open=True,
    )
)
def sign_in() -> Response:
    query(NoQuery)
    held = services()
    if held.config.auth == "off":
        raise Conflict("This service asks for no keys: there is nothing to sign in to.")
    origins.refuse_other_sites()
    held.schema.require()
    read, faults = validated(SignInBody, json_body())
    if read is None:
        raise Invalid(faults)
    lasting = timedelta(hours=held.config.session_hours)
    with held.sessions.writing() as session:
        found, cookie, expires_at = sign_ins.sign_in(session, read.key, lasting)
        session.commit()
    response = json_response(_shown(found, expires_at, cookie))
    _set_cookie(response, cookie, expires_at)
    return response


@blueprint.get("")
@documented(
    Operation(
        summary="Tell whose request this is",
        tag=TAG,
        query=NoQuery,
        answers={200: Answer("Tenant, scope and key.", SessionShown)},
        problems=(422,),
    )
)
def show_session() -> Response:
    query(NoQuery)
    return json_response(_shown(caller(), caller().expires_at, _cookie()))


@blueprint.delete("")
@documented(
    Operation(
        summary="Sign a browser out",
        tag=TAG,
        query=NoQuery,
        answers={204: Answer("The cookie stands for nothing any more.", headers=("Set-Cookie",))},
        problems=(403, 422),
        scope=Scope.READ,
    )
)
def sign_out() -> Response:
    query(NoQuery)
    if cookie := _cookie():
        with services().sessions.writing() as session:
            sign_ins.sign_out(session, cookie)
            session.commit()
        services().key_checks.forget()
    response = no_content()
    _set_cookie(response, "", None)
    return response


def _cookie() -> str | None:
    """The cookie that this request is let in by; a key in the header goes before it."""
    is_asked = services().config.auth == "keys" and "Authorization" not in request.headers
    return request.cookies.get(COOKIE) if is_asked else None


def _set_cookie(response: Response, cookie: str, expires_at: datetime | None) -> None:
    response.set_cookie(
        COOKIE,
        cookie,
        expires=expires_at or 0,
        path=f"{request.script_root}/",
        httponly=True,
        secure=request.is_secure,
        samesite="Strict",
    )


def _shown(found: Caller, expires_at: datetime | None, cookie: str | None) -> SessionShown:
    return {
        "tenant": found.tenant_id,
        "scope": found.scope,
        "key": found.key_id,
        "expires_at": expires_at,
        "csrf_token": sign_ins.csrf_token(cookie) if cookie else None,
    }
