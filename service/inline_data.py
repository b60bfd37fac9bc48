"""Data that came inside a job's body: lists of numbers and labels → the engine's table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from engine.errors import DataError, Fault
from engine.table import (
    Column,
    MemoryTable,
    boolean_column,
    number_column,
    number_columns,
    text_column,
)

INPUTS = "/dataset/inputs"
TARGETS = "/dataset/targets"
MAX_FAULTS = 100  # "every fault at once" must not answer a large body with a larger one
KINDS = {bool: "true or false", str: "a text", float: "a number"}


def table_from(inputs: Any, targets: Any) -> MemoryTable:
    """The table of `inputs` [[…]] and `targets` [[…]] or […], columns named x1, x2, …, y.

    Raises DataError with every fault, up to the first hundred.
    """
    faults = list(islice(_faults(inputs, targets), MAX_FAULTS))
    if faults:
        raise DataError(faults)
    matrix = np.array(inputs, dtype=np.float64)
    answers = _target_columns(targets)
    names = [f"x{index + 1}" for index in range(matrix.shape[1])]
    columns = [*number_columns(names, matrix), *answers]
    return MemoryTable(columns, targets=[column.name for column in answers])


def _target_columns(targets: Sequence[Any]) -> Sequence[Column]:
    if isinstance(targets[0], list):
        matrix = np.array(targets, dtype=np.float64)
        several = matrix.shape[1] > 1
        names = [f"y{index + 1}" if several else "y" for index in range(matrix.shape[1])]
        return number_columns(names, matrix)
    if isinstance(targets[0], str):
        return [text_column("y", targets)]
    column = boolean_column if isinstance(targets[0], bool) else number_column
    return [column("y", targets)]


def _faults(inputs: Any, targets: Any) -> Iterator[Fault]:
    yield from matrix_faults(inputs, INPUTS)
    if isinstance(targets, list) and targets and not isinstance(targets[0], list):
        yield from _label_faults(targets)
    else:
        yield from matrix_faults(targets, TARGETS)
    if isinstance(inputs, list) and isinstance(targets, list) and inputs and targets:
        yield from _length_faults(len(inputs), len(targets))


def _length_faults(rows: int, targets: int) -> Iterator[Fault]:
    if rows != targets:
        detail = f"must hold one entry for each of the {rows} rows of inputs, not {targets}"
        yield Fault(TARGETS, detail, (INPUTS,))


def matrix_faults(rows: Any, pointer: str) -> Iterator[Fault]:
    """What keeps `rows` from being rows of as many numbers each."""
    if not isinstance(rows, list):
        yield Fault(pointer, "must be an array")
        return
    if not rows:
        yield Fault(pointer, "must hold at least one row")
        return
    width = len(rows[0]) if isinstance(rows[0], list) else None
    for index, row in enumerate(rows):
        yield from _row_faults(row, width, f"{pointer}/{index}")


def _row_faults(row: Any, width: int | None, pointer: str) -> Iterator[Fault]:
    if not isinstance(row, list):
        yield Fault(pointer, "must be an array of numbers")
        return
    if not row:
        yield Fault(pointer, "must hold at least one number")
    elif width is not None and len(row) != width:
        yield Fault(pointer, f"must hold {width} numbers as the first row does, not {len(row)}")
    for index, value in enumerate(row):
        if not _is_number(value):
            yield Fault(f"{pointer}/{index}", "must be a finite number")


def _label_faults(targets: Sequence[Any]) -> Iterator[Fault]:
    first = _kind(targets[0])
    for index, value in enumerate(targets):
        kind = _kind(value)
        if kind is None:
            yield Fault(f"{TARGETS}/{index}", "must be a finite number, a text, true or false")
        elif first is not None and kind is not first:
            yield Fault(f"{TARGETS}/{index}", f"must be {KINDS[first]}, as the first target is")


def _kind(value: Any) -> type | None:
    if isinstance(value, bool | str):
        return type(value)
    return float if _is_number(value) else None


def _is_number(value: Any) -> bool:
    if type(value) is float:
        return math.isfinite(value)
    # An integer too large for a float would only be refused when it is converted
    return type(value) is int and -(2**1023) < value < 2**1023
