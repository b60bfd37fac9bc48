"""From the bytes of a request to what they say, or to the fault they have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeVar, cast

import orjson
from flask import g, request
from werkzeug.exceptions import BadRequest

from engine.errors import Fault
from service.api.responses import JSON
from service.api.services import services
from service.errors import Invalid, TooLarge, Unsupported
from service.schemas.faults import validated
from service.schemas.pointers import joined
from service.schemas.queries import Query

QueryModel = TypeVar("QueryModel", bound=Query)

PIECE_BYTES = 1024 * 1024
MAX_DEPTH = 32
NUL = "\x00"
STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
CURLY_TO_SQUARE = bytes.maketrans(b"{}", b"[]")
OTHER_THAN_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def raw_body() -> bytes:
    """The whole body, read once; raises TooLarge beyond the limit, however it is framed."""
    if "raw_body" not in g:
        g.raw_body = b"".join(pieces_of_body(services().config.max_body_bytes))
    return cast(bytes, g.raw_body)


def pieces_of_body(most: int) -> Iterator[bytes]:
    """The body as it arrives; raises TooLarge beyond `most` bytes, BadRequest if it is cut off."""
    # Not by Flask's own limit, which cuts a chunked body off where it should refuse it.
    announced, size = request.content_length, 0
    if (announced or 0) > most:
        raise too_large(most)
    while piece := request.stream.read(min(PIECE_BYTES, most + 1 - size)):
        size += len(piece)
        if size > most:
            raise too_large(most)
        yield piece
    if announced is not None and size < announced:
        raise BadRequest(f"The body ended after {size} of its {announced} bytes.")


def too_large(most: int) -> TooLarge:
    """The error of a body, or a file in it, that is larger than this."""
    return TooLarge(f"The body is larger than the {most} bytes this service takes.")


def json_body(*also: str) -> Any:
    """The body as JSON, its media type that or one of `also`.

    Raises Unsupported, TooLarge, BadRequest (not JSON), or Invalid.
    """
    require_text(JSON, *also)
    require_identity()
    raw = raw_body()
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None
    if _is_deeper(raw, MAX_DEPTH):
        raise BadRequest(f"The body is nested more than {MAX_DEPTH} levels deep.")
    if b"\\u0000" in raw:
        _refuse_nul(body)
    return body


def require_text(*media_types: str) -> None:
    """Raise Unsupported unless the body is in one of the media types, and in UTF-8."""
    if request.mimetype not in media_types:
        named, wanted = request.mimetype or "none", " or ".join(media_types)
        raise Unsupported(f"The body must be {wanted}; its media type is {named}.")
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8"):
        raise Unsupported(f"The body must be in UTF-8, not in {charset}.")


def require_identity() -> None:
    """Raise Unsupported where the body is encoded, as by compression."""
    coding = request.headers.get("Content-Encoding", "identity").lower()
    if coding != "identity":
        raise Unsupported(f"The body must not be encoded; its content encoding is {coding}.")


def _is_deeper(json: bytes, levels: int) -> bool:
    # On the text, whose brackets are few beside a body's numbers: each round takes away the
    # innermost pairs.
    brackets = STRING.sub(b"", json).translate(CURLY_TO_SQUARE, OTHER_THAN_BRACKETS)
    for _ in range(levels):
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _refuse_nul(body: Any) -> None:
    faults = [
        Fault(pointer, "must not hold the character U+0000") for pointer in _nul_pointers(body)
    ]
    if faults:
        raise Invalid(faults)


def _nul_pointers(value: Any, pointer: str = "") -> Iterator[str]:
    if isinstance(value, str) and NUL in value:
        yield pointer
    elif isinstance(value, dict):
        for key, member in value.items():
            if NUL in key:
                yield pointer
            yield from _nul_pointers(member, joined(pointer, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _nul_pointers(member, joined(pointer, index))


def query(model: type[QueryModel], free: str | None = None) -> QueryModel:
    """The parameters of this request; those that begin with `free` are another's affair.

    Raises Invalid, its pointers `?name` in place of a place in the body.
    """
    given = {
        name: values
        for name, values in request.args.lists()
        if free is None or not name.startswith(free)
    }
    faults = [
        Fault(f"?{name}", "is not a known parameter") for name in given.keys() - model.model_fields
    ]
    faults += [
        Fault(f"?{name}", "is given more than once")
        for name, values in given.items()
        if len(values) > 1
    ]
    known = {name: values[0] for name, values in given.items() if name in model.model_fields}
    read, wrong = validated(model, known)
    faults += [Fault(f"?{fault.pointer[1:]}", fault.detail) for fault in wrong]
    if faults or read is None:
        raise Invalid(faults)
    return read


def free_parameters(prefix: str) -> dict[str, str]:
    """The parameters that begin with `prefix`, by the rest of their name; raises Invalid."""
    given = {name: value for name, value in request.args.items() if name.startswith(prefix)}
    faults = [
        Fault(f"?{name}", "must be a name and a text without the character U+0000")
        for name, value in given.items()
        if name == prefix or NUL in name + value
    ]
    if faults:
        raise Invalid(faults)
    return {name.removeprefix(prefix): value for name, value in given.items()}
