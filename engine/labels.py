"""Classes of a target: texts, booleans or whole numbers, in sorted order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.table import Column, Kind

Array = NDArray[Any]
Label = str | bool | int

MOST_NAMED = 5
UNKNOWN = -1


def classes_of(column: Column) -> tuple[Label, ...]:
    """The distinct classes of a column that misses no value; of whole numbers as int."""
    distinct = np.unique(column.values)
    if column.kind is Kind.TEXT:
        return tuple(column.categories[place] for place in distinct)
    kind = bool if column.kind is Kind.BOOLEAN else int
    return tuple(kind(value) for value in distinct)


def places_of(column: Column, classes: Sequence[Label]) -> Array:
    """Where in `classes` each row's class stands, (rows,) intp; UNKNOWN where in none."""
    if column.kind is Kind.TEXT:
        known = {label: place for place, label in enumerate(classes) if isinstance(label, str)}
        found = [*(known.get(text, UNKNOWN) for text in column.categories), UNKNOWN]
        return np.array(found, np.intp)[column.values]
    numbers = np.array([np.nan if isinstance(label, str) else label for label in classes], float)
    order = np.argsort(numbers)
    nearest = np.searchsorted(numbers[order], column.values).clip(max=len(classes) - 1)
    places = order[nearest]
    return np.where(numbers[places] == column.values, places, UNKNOWN)


def written(label: Label) -> str:
    """A class as the name of a member in JSON: `true`, `3`, or its text."""
    return str(label).lower() if isinstance(label, bool) else str(label)


def named(labels: Iterable[object]) -> str:
    """The first few of `labels`, in a sentence."""
    names = [_plain(label) for label in labels]
    return ", ".join([*sorted(names)[:MOST_NAMED], *["…"] * (len(names) > MOST_NAMED)])


def _plain(label: object) -> str:
    if isinstance(label, bool):
        return str(label).lower()
    return f"{label:g}" if isinstance(label, float) else str(label)
