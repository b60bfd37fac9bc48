"""What all calls share: how they are retried, and how they ask for JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any
from urllib.parse import quote

from descentd_client.answers import checked, decoded
from descentd_client.bodies import JSON_TYPE, json_bytes
from descentd_client.retries import Retries, sent
from descentd_client.wire import Emit, Flow, Request, Result, Stream

PAGE = 500


@dataclass(frozen=True, slots=True)
class Core:
    """What a flow may use of the world, apart from its effects."""

    retries: Retries = field(default_factory=Retries)
    clock: Callable[[], float] = monotonic

    @property
    def on_the_way(self) -> Core:
        """The same, for calls that were answered before and go on for long."""
        return replace(
            self, retries=replace(self.retries, attempts=self.retries.attempts_on_the_way)
        )


def path(*parts: str) -> str:
    """A path below the service's address, each part made safe."""
    return "/".join(["/v1", *(quote(part, safe="") for part in parts)])


def query(**parameters: str | int | float | None) -> dict[str, str]:
    """The parameters that were given."""
    return {name: str(value) for name, value in parameters.items() if value is not None}


def get(place: str, parameters: Mapping[str, str] | None = None) -> Request:
    return Request("GET", place, parameters or {})


def post(place: str, body: Any, **more: Any) -> Request:
    """A POST of JSON; ``more`` are further members of the request."""
    headers = {"Content-Type": JSON_TYPE, **more.pop("headers", {})}
    return Request("POST", place, headers=headers, content=json_bytes(body), **more)


def asked(
    core: Core,
    request: Request,
    kind: type[Result],  # noqa: ARG001 - as which the answer is typed
) -> Flow[Result]:
    """The object that is answered, which the service promises to be of this kind.

    Raises ProblemError, UnreachableError, UnexpectedAnswerError.
    """
    answer: Result = decoded((yield from sent(request, core.retries)))
    return answer


def removed(core: Core, place: str) -> Flow[None]:
    """Remove what lies there."""
    checked((yield from sent(Request("DELETE", place), core.retries)))


def pages(core: Core, place: str, parameters: Mapping[str, str], limit: int | None) -> Stream[Any]:
    """The entries of a list, newest first, page by page as they are wanted; ``limit`` at most."""
    left, cursor = limit, None
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        page = yield from asked(
            core, get(place, {**parameters, **query(limit=size, after=cursor)}), dict[str, Any]
        )
        for entry in page["data"]:
            yield Emit(entry)
        if not page["has_more"]:
            return
        cursor = page["next"]
        left = None if left is None else left - len(page["data"])
