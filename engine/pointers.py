"""JSON pointers (RFC 6901)."""

from __future__ import annotations


def joined(pointer: str, *parts: str | int) -> str:
    """The pointer to a member of what `pointer` names."""
    return pointer + "".join(f"/{_escaped(part)}" for part in parts)


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
