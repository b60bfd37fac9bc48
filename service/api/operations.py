"""What a route says of itself, beside its code: the source of its part of /openapi.json."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

from service.scopes import Scope

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Answer:
    """One way a route answers when all is well.

    `body` is a type pydantic can describe, None for no body; `others` are further media types,
    with what describes each.
    """

    description: str
    body: Any = None
    others: Mapping[str, Any] = field(default_factory=dict)
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """`problems` are the statuses of its problems, besides those any route may answer; `takes`
    are the media types of its body, `texts` those of text in its place, and `files` those of
    a file that is sent in its place, or as the part `file` of a multipart body.
    """

    summary: str
    tag: str
    answers: Mapping[int, Answer]
    problems: tuple[int, ...] = ()
    query: type[BaseModel] | None = None
    headers: tuple[str, ...] = ()
    body: Any = None
    takes: tuple[str, ...] = ("application/json",)
    texts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    example: Any = None
    description: str = ""
    is_open: bool = False
    scope: Scope | None = None


_OPERATIONS = "__operation__"
_UNDOCUMENTED = Operation("", "", {})


def documented(operation: Operation) -> Callable[[View], View]:
    """Give a view its operation."""

    def attach(view: View) -> View:
        setattr(view, _OPERATIONS, operation)
        return view

    return attach


def operation_of(view: Callable[..., Any]) -> Operation:
    """The view's operation; one that says nothing, and needs a key, where it has none."""
    found = getattr(view, _OPERATIONS, _UNDOCUMENTED)
    assert isinstance(found, Operation)
    return found
