"""What every refusal looks like (RFC 9457)."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict


class FaultShown(TypedDict):
    """One thing wrong: the place in the body, or the query parameter, and what is wrong there."""

    pointer: NotRequired[str]
    parameter: NotRequired[str]
    detail: str


class Problem(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: NotRequired[list[FaultShown]]
