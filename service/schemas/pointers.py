"""JSON pointers (RFC 6901), and what lies under them."""

from __future__ import annotations

from collections.abc import Iterable

from engine.pointers import joined

__all__ = ["joined", "lies_under", "split"]


def split(pointer: str) -> list[str]:
    """The names a pointer goes through."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def lies_under(pointer: str, holders: Iterable[str]) -> bool:
    """Whether `pointer` names one of `holders` or a part of one."""
    return any(pointer == holder or pointer.startswith(f"{holder}/") for holder in holders)
