"""Which rows are trained on and which are validated on."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.randomness import stream
from engine.spec import TrainingSpec, ValidationSpec
from engine.table import Table

Array = NDArray[Any]


class Parts(NamedTuple):
    """Rows of one table, (rows,) intp each, in the order of the data."""

    training: Array
    validation: Array


def split(spec: TrainingSpec, table: Table, places: Array | None) -> Parts:
    """The two parts of a table; of its rows all are trained on where others are validated on.

    `places`, (rows,), says which class each row is of; None without classes.
    """
    mark = spec.validation_column
    if mark is not None:
        return _parts(table.column(mark).values == 1.0)
    validation = spec.validation
    if not isinstance(validation, ValidationSpec) or validation.fraction is None:
        return _parts(np.zeros(table.rows, bool))
    return _parts(_drawn(spec.seed, validation.fraction, table.rows, places))


def _parts(validates: Array) -> Parts:
    return Parts(np.flatnonzero(~validates), np.flatnonzero(validates))


def _drawn(seed: int, fraction: float, rows: int, places: Array | None) -> Array:
    """Whether each row validates, (rows,) bool: a share of each class, by chance."""
    generator = stream(seed, "split")
    validates = np.zeros(rows, bool)
    for group in _groups(rows, places):
        share = round(len(group) * fraction)
        # Every class stays in training, and is validated on where it has rows for both.
        kept = min(max(share, 1 if len(group) > 1 else 0), len(group) - 1)
        validates[generator.permutation(group)[:kept]] = True
    return validates


def _groups(rows: int, places: Array | None) -> list[Array]:
    """Rows class by class, so that each is split alike; all together without classes."""
    if places is None:
        return [np.arange(rows)]
    order = np.argsort(places, kind="stable")
    return np.split(order, np.cumsum(np.bincount(places))[:-1])
