"""Data as the service meets it: classes as text, numbers as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.table import Column, MemoryTable, number_column, number_columns, text_column

Array = NDArray[Any]


def table_of(inputs: Array, targets: Array, *, classes: bool) -> MemoryTable:
    """`inputs` (rows, features) with `targets` (rows,), which are classes or numbers."""
    answers = text_column("y", list(map(str, targets))) if classes else number_column("y", targets)
    return MemoryTable([*_columns(inputs), answers], ["y"])


def rows_of(inputs: Array) -> MemoryTable:
    """`inputs` (rows, features) to predict on."""
    return MemoryTable(_columns(inputs))


def _columns(inputs: Array) -> tuple[Column, ...]:
    names = [f"x{number}" for number in range(inputs.shape[1])]
    return number_columns(names, np.asarray(inputs, float))
