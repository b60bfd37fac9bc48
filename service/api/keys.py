"""/v1/keys: the tenant's keys, for those whose own is of scope admin."""

from __future__ import annotations

from flask import Blueprint, Response, request

from service import auth
from service.api.operations import Answer, Operation, documented
from service.api.requests import json_body, query
from service.api.responses import json_response, no_content
from service.api.services import services
from service.errors import Conflict, Invalid
from service.schemas.faults import validated
from service.schemas.keys import KeyBody, KeyList, KeyMade, KeyShown, key_shown
from service.schemas.queries import NoQuery
from service.scopes import Scope
from service.security import caller, tenant_id

TAG = "keys"

blueprint = Blueprint("keys", __name__, url_prefix="/v1/keys")


@blueprint.post("")
@documented(
    Operation(
        summary="Make a key",
        description="The answer holds the key, this once. It is kept nowhere, so that an "
        "`Idempotency-Key` is not heeded: after a lost answer, make another and revoke the first.",
        tag=TAG,
        body=KeyBody,
        example={"name": "nightly", "scope": "write", "days": 90},
        query=NoQuery,
        answers={201: Answer("The key.", KeyMade, headers=("Location",))},
        problems=(400, 409, 413, 415, 422),
        scope=Scope.ADMIN,
    )
)
def create_key() -> Response:
    query(NoQuery)
    if services().config.auth == "off":
        raise Conflict("This service asks for no keys, and makes none over HTTP.")
    read, faults = validated(KeyBody, json_body())
    if read is None:
        raise Invalid(faults)
    with services().sessions.writing() as session:
        made = auth.create_key(session, tenant_id(), read.name, Scope(read.scope), read.days)
        session.commit()
    key, token = made
    shown: KeyMade = {**key_shown(key), "key": token}
    return json_response(shown, 201, {"Location": f"{request.script_root}/v1/keys/{key.id}"})


@blueprint.get("")
@documented(
    Operation(
        summary="List the keys, newest first",
        tag=TAG,
        query=NoQuery,
        answers={200: Answer("All keys, revoked ones too.", KeyList)},
        problems=(422,),
        scope=Scope.ADMIN,
    )
)
def list_keys() -> Response:
    query(NoQuery)
    with services().sessions.reading() as session:
        keys = auth.keys_of(session, tenant_id())
    shown: KeyList = {"data": [key_shown(key) for key in reversed(keys)]}
    return json_response(shown)


@blueprint.get("/<key_id>")
@documented(
    Operation(
        summary="Show a key",
        tag=TAG,
        query=NoQuery,
        answers={200: Answer("What is known of it.", KeyShown)},
        problems=(404, 422),
        scope=Scope.ADMIN,
    )
)
def show_key(key_id: str) -> Response:
    query(NoQuery)
    with services().sessions.reading() as session:
        return json_response(key_shown(auth.get(session, tenant_id(), key_id)))


@blueprint.delete("/<key_id>")
@documented(
    Operation(
        summary="Revoke a key",
        description="It opens nothing from now on, nor do the browsers that it signed in; in "
        "other processes of the service after some seconds (a setting).",
        tag=TAG,
        query=NoQuery,
        answers={204: Answer("It is revoked.")},
        problems=(404, 409, 422),
        scope=Scope.ADMIN,
    )
)
def revoke_key(key_id: str) -> Response:
    query(NoQuery)
    if key_id == caller().key_id:
        raise Conflict("A key does not revoke itself: use another one.")
    with services().sessions.writing() as session:
        auth.revoke(session, tenant_id(), key_id)
        session.commit()
    services().key_checks.forget()
    return no_content()
