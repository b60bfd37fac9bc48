"""JSON pointers (RFC 6901), and what lies under them."""

from __future__ import annotations

from collections.abc import Iterable


def joined(pointer: str, *parts: str | int) -> str:
    """The pointer to a member of what `pointer` names."""
    return pointer + "".join(f"/{_escaped(part)}" for part in parts)


def split(pointer: str) -> list[str]:
    """The names a pointer goes through."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def lies_under(pointer: str, holders: Iterable[str]) -> bool:
    """Whether `pointer` names one of `holders` or a part of one."""
    return any(pointer == holder or pointer.startswith(f"{holder}/") for holder in holders)
