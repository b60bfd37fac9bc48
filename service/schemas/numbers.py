"""Arrays of numbers that came as JSON, which may be long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.errors import Fault
from service.schemas.pointers import joined

NUMBERS = {int, float}  # as JSON is read: always finite; True and False are of neither type


def number_faults(row: list[Any], pointer: str) -> Iterator[Fault]:
    """What in an array is not a number."""
    if set(map(type, row)) <= NUMBERS:
        return
    for index, value in enumerate(row):
        if type(value) not in NUMBERS:
            yield Fault(joined(pointer, index), "must be a finite number")
