"""Data as the service meets it: classes as text, numbers as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.preprocessing import Table

Array = NDArray[Any]


def table_of(inputs: Array, targets: Array, *, classes: bool) -> Table:
    """`inputs` (rows, features) with `targets` (rows,), which are classes or numbers."""
    columns = np.asarray(inputs, float)
    names = tuple(f"x{number}" for number in range(columns.shape[1]))
    if classes:
        return Table(names, columns, ("y",), tuple(map(str, targets)))
    return Table(names, columns, ("y",), np.asarray(targets, float).reshape(-1, 1))
