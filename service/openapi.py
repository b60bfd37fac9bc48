"""OpenAPI 3.1 from the routes: each says what it takes and answers, in the types it uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from service.api.ids import KINDS, NAMES
from service.api.operations import Answer, Operation, operation_of
from service.callers import COOKIE, CSRF_HEADER
from service.ids import ALPHABET, LENGTH
from service.schemas.problems import Problem
from service.schemas.types import Described, Types, described_together, properties
from service.schemas.webhook_message import WebhookMessage
from service.security import scope_of
from service.webhooks import WebhookEvent

JSON = "application/json"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
KEY = "key"
SESSION = "session"
SCHEMES = {
    "securitySchemes": {
        KEY: {"type": "http", "scheme": "bearer", "description": "An API key, `dsk_…`."},
        SESSION: {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE,
            "description": f"From `POST /v1/session`; a change needs `{CSRF_HEADER}` too.",
        },
    }
}

REQUEST_HEADERS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "Idempotency-Key": (
        "Sent again with the same body within a day, the first answer is given again.",
        {"type": "string", "minLength": 1, "maxLength": 255},
    ),
    "Content-Digest": (
        "The SHA-256 or SHA-512 of the body (RFC 9530), which is checked.",
        {"type": "string", "examples": ["sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"]},
    ),
    "Prefer": (
        "`wait=N` holds the answer until the job is at rest, for N seconds at most (60).",
        {"type": "string", "examples": ["wait=10"]},
    ),
    "If-None-Match": ("An ETag: 304 if the answer would still bear it.", {"type": "string"}),
    "Last-Event-ID": (
        "The last epoch that is known: the stream goes on after it.",
        {"type": "string", "pattern": "^[0-9]{1,10}$"},
    ),
    "traceparent": ("W3C trace context, carried into the worker.", {"type": "string"}),
}
ANSWER_HEADERS: Mapping[str, str] = {
    "Location": "Where the thing that was made, or the page meant, is found.",
    "ETag": "Changes when the answer says something new.",
    "Content-Disposition": "The name to save the file under, made of the job's.",
    "Content-Digest": "The SHA-256 of the bytes (RFC 9530).",
    "Set-Cookie": "The session's cookie.",
    "Retry-After": "Seconds after which asking again makes sense.",
    "Link": "The next page, as rel=next.",
    "Preference-Applied": "The preference that was followed.",
    "Idempotent-Replayed": "`true` where this is the answer to an earlier request.",
}
# What an answer of this status made is named by its `id`, which the paths below take.
MADE = ("201", "202")
NAMED_BY_ID = "$response.body#/id"
WEBHOOK_HEADERS: Mapping[str, str] = {
    "webhook-id": "The delivery's id, the same in every attempt: by it a repeat is known.",
    "webhook-timestamp": "When this attempt was made, in seconds since 1970.",
    "webhook-signature": "`v1,` and a base64 HMAC-SHA256 for each secret, with spaces between.",
}


def document(app: Flask, version: str, needs_key: bool) -> dict[str, Any]:
    """The description of every route of `app`."""
    types = described_together(tuple(_types(app)))
    paths: dict[str, dict[str, Any]] = {}
    for rule, method, operation in _operations(app):
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        paths.setdefault(path, {})[method.lower()] = _operation(
            rule, method, operation, types, needs_key
        )
    _link(paths)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "descentd",
            "version": version,
            "description": "Gradient descent as a service: train feed-forward networks over HTTP.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "."}],
        "paths": dict(sorted(paths.items())),
        "webhooks": {event.value: {"post": _webhook(event, types)} for event in WebhookEvent},
        "components": {"schemas": types.schemas, **(SCHEMES if needs_key else {})},
    }


def _link(paths: Mapping[str, Mapping[str, Any]]) -> None:
    """Let what makes a thing name what can be done with it: `POST /v1/jobs`, all of a job's."""
    for path, methods in paths.items():
        below = re.compile(re.escape(path) + r"/{(\w+)}(/[^{]*)?")
        links = {
            operation["operationId"]: {
                "operationId": operation["operationId"],
                "parameters": {match[1]: NAMED_BY_ID},
            }
            for other, operations in paths.items()
            if (match := below.fullmatch(other))
            for operation in operations.values()
        }
        responses = methods["post"]["responses"] if links and "post" in methods else {}
        for status in responses.keys() & set(MADE):
            responses[status]["links"] = links


def _operations(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    for rule in app.url_map.iter_rules():
        for method in METHODS:
            if method in (rule.methods or ()):
                yield rule, method, operation_of(app.view_functions[rule.endpoint])


def _types(app: Flask) -> Iterator[Described]:
    yield Described(Problem)
    yield Described(WebhookMessage)
    for _, _, operation in _operations(app):
        if operation.body is not None:
            yield Described(operation.body, is_sent=True)
        for answer in operation.answers.values():
            if answer.body is not None:
                yield Described(answer.body)


def _operation(
    rule: Rule, method: str, operation: Operation, types: Types, needs_key: bool
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": rule.endpoint.rpartition(".")[2],
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": list(_parameters(rule, operation)),
        "responses": {
            **{str(code): _answer(answer, types) for code, answer in operation.answers.items()},
            **{str(code): _problem(types) for code in operation.problems},
            "default": _problem(types),
        },
    }
    if operation.description:
        described["description"] = operation.description
    if operation.body is not None:
        schema = types.of(Described(operation.body, is_sent=True))
        sent = {"schema": schema, "example": operation.example}
        content: dict[str, Any] = dict.fromkeys(operation.takes, sent)
        content |= {media: {"schema": {"type": "string"}} for media in operation.texts}
        described["requestBody"] = {"required": True, "content": content}
    if operation.files:
        described["requestBody"] = {"required": True, "content": _files(operation)}
    if needs_key and not operation.is_open:
        needed = [str(scope_of(operation, method))]
        described["security"] = [{KEY: needed}, {SESSION: needed}]
    return described


def _files(operation: Operation) -> dict[str, Any]:
    raw = {"schema": {"type": "string", "format": "binary"}}
    part = {"type": "object", "required": ["file"], "properties": {"file": raw["schema"]}}
    multipart = {**part, "additionalProperties": False}
    return {**dict.fromkeys(operation.files, raw), "multipart/form-data": {"schema": multipart}}


def _webhook(event: WebhookEvent, types: Types) -> dict[str, Any]:
    """What a receiver is sent, and what it is to answer."""
    return {
        "operationId": f"on_{event.replace('.', '_')}",
        "summary": f"A job is {event.partition('.')[2]}",
        "tags": ["webhooks"],
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "description": words,
                "schema": {"type": "string"},
            }
            for name, words in WEBHOOK_HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": types.of(Described(WebhookMessage))}},
        },
        "responses": {
            "2XX": {"description": "It is received, and not sent again."},
            "410": {"description": "This receiver wants no more of this job's events."},
            "default": {"description": "It is sent again later."},
        },
    }


def _parameters(rule: Rule, operation: Operation) -> Iterator[dict[str, Any]]:
    for name in sorted(rule.arguments):
        yield {"name": name, "in": "path", "required": True, "schema": _path_schema(name)}
    if operation.query is not None:
        for name, schema in properties(operation.query).items():
            words = {"description": schema["description"]} if "description" in schema else {}
            rest = {key: value for key, value in schema.items() if key != "description"}
            yield {"name": name, "in": "query", **words, "schema": rest}
    for name in operation.headers:
        description, kind = REQUEST_HEADERS[name]
        yield {"name": name, "in": "header", "description": description, "schema": dict(kind)}


def _path_schema(name: str) -> dict[str, Any]:
    if name not in KINDS:
        return {"type": "string"}
    mark, _ = KINDS[name]
    shapes = [f"{mark}_[{ALPHABET}]{{{LENGTH}}}", *NAMES.get(name, ())]
    return {"type": "string", "pattern": f"^({'|'.join(shapes)})$"}


def _answer(answer: Answer, types: Types) -> dict[str, Any]:
    content: dict[str, Any] = {media: {"schema": schema} for media, schema in answer.others.items()}
    if answer.body is not None:
        content = {JSON: {"schema": types.of(Described(answer.body))}, **content}
    headers = {
        name: {"description": ANSWER_HEADERS[name], "schema": {"type": "string"}}
        for name in answer.headers
    }
    described: dict[str, Any] = {"description": answer.description}
    return (
        described
        | ({"content": content} if content else {})
        | ({"headers": headers} if headers else {})
    )


def _problem(types: Types) -> dict[str, Any]:
    return {
        "description": "A problem.",
        "content": {"application/problem+json": {"schema": types.of(Described(Problem))}},
    }
