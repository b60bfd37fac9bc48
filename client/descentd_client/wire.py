"""What a call asks of the outside world, as plain values: nothing here opens a connection.

A call is a generator, a `Flow`. It yields what it wants done (`Send`, `Open`, `Read`, `Pause`), is
sent what came of it, and returns its result. The same flows run in `Client` and in `AsyncClient`;
each of those only knows how to do the four things.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar

Result = TypeVar("Result")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, before it is made.

    ``path`` lies below the service's address. ``content`` is bytes, or the file that holds them.
    ``is_repeatable`` says that sending it twice does what sending it once does. ``patience`` is
    how many seconds the service may take on top of the usual before it answers.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | Path | None = None
    is_repeatable: bool = True
    patience: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. The names of headers are in lower case; a stream's content is empty."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Broken(Exception):  # noqa: N818 - an event for the flow to deal with, no user sees it
    """The connection broke; ``was_sent`` unless it is certain that the service heard nothing."""

    def __init__(self, reason: str, was_sent: bool) -> None:
        super().__init__(reason)
        self.was_sent = was_sent


@dataclass(frozen=True, slots=True)
class Send:
    """Make the request and read the whole answer; → Answer, or raises Broken in the flow."""

    request: Request


@dataclass(frozen=True, slots=True)
class Open:
    """Make the request, read the answer's body piece by piece; → Answer, or raises Broken.

    Of an answer that is no success the body is read at once.
    """

    request: Request


@dataclass(frozen=True, slots=True)
class Read:
    """The next piece of the opened body; → bytes, or None at its end; or raises Broken."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Do nothing for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Emit(Generic[Item]):
    """Hand an item to the caller; the flow goes on when the caller wants the next."""

    item: Item


Effect: TypeAlias = Send | Open | Read | Pause
Flow: TypeAlias = Generator[Effect, Any, Result]
Stream: TypeAlias = Generator[Effect | Emit[Item], Any, None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an effect."""

    value: Any = None
    broken: Broken | None = None


@dataclass(frozen=True, slots=True)
class Finished(Generic[Result]):
    """The flow's result."""

    result: Result


def advance(flow: Generator[Item, Any, Result], outcome: Outcome) -> Item | Finished[Result]:
    """Tell a flow what came of its last effect; what it wants next, or its result."""
    try:
        return flow.throw(outcome.broken) if outcome.broken else flow.send(outcome.value)
    except StopIteration as end:
        return Finished(end.value)
