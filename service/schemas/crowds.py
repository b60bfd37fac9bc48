"""Bodies that hold far more than they can mean: told so at once, instead of value by value."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from engine.errors import Fault
from service.schemas.pointers import joined

MAX_VALUES = 5_000
# Data and weights may be large; what checks them is made for it.
LARGE: Mapping[str, tuple[str, ...]] = {
    "dataset": ("inputs", "targets"),
    "network": ("weights",),
}


def crowd_faults(body: Mapping[str, Any], whole: Collection[str] = ()) -> Iterator[Fault]:
    """Which members of a body hold too much; those named `whole` may be large throughout."""
    for name, member in body.items():
        if name not in whole and _holds_more(_small_part(name, member), MAX_VALUES):
            yield Fault(joined("", name), f"must hold at most {MAX_VALUES} values")


def _small_part(name: str, member: Any) -> Any:
    if not isinstance(member, dict) or name not in LARGE:
        return member
    return {key: value for key, value in member.items() if key not in LARGE[name]}


def _holds_more(value: Any, most: int) -> bool:
    waiting, count = [value], 0
    while waiting and count <= most:
        inner = waiting.pop()
        if isinstance(inner, dict | list):
            count += len(inner)
            if count <= most:
                waiting += inner.values() if isinstance(inner, dict) else inner
    return count > most
