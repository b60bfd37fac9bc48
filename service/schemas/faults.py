"""What pydantic finds wrong with a body, as faults in our own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine.errors import Fault
from service.schemas.pointers import joined

Model = TypeVar("Model", bound=BaseModel)

WORDS: Mapping[str, str] = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be an array",
    "bool_type": "must be true or false",
    "string_type": "must be a text",
    "too_short": "must hold at least {min_length}",
    "too_long": "must hold at most {max_length}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
}
MAX_MEMBERS = 1_000
MAX_FAULTS = 100  # "every fault at once" must not answer a large body with a larger one


def validated(model: type[Model], body: Any) -> tuple[Model | None, list[Fault]]:
    """The body as a `model`, or None and every fault it has, up to the first hundred."""
    if unfit := whole_faults(body):
        return None, unfit
    try:
        return model.model_validate(body), []
    except ValidationError as error:
        return None, list(_faults(error))


def whole_faults(body: Any) -> list[Fault]:
    """What keeps a body from being looked into."""
    if not isinstance(body, dict):
        return [Fault("", "must be an object")]
    if len(body) > MAX_MEMBERS:
        return [Fault("", f"must have at most {MAX_MEMBERS} members")]
    return []


def _faults(error: ValidationError) -> Iterator[Fault]:
    details = error.errors(include_url=False, include_input=False)
    for found in details[:MAX_FAULTS]:
        yield Fault(_pointer(found), _detail(found))


def _pointer(found: ErrorDetails) -> str:
    # A fault of an object's key is told at that key.
    places = [place for place in found["loc"] if place != "[key]"]
    return joined("", *places)


def _detail(found: ErrorDetails) -> str:
    if found["type"] in WORDS:
        return WORDS[found["type"]].format(**found.get("ctx", {}))
    return found["msg"]
