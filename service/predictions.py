"""Rows as a client sends them → what a model says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from engine.errors import DataError, Fault
from engine.model import Model, Predictions
from service.schemas.numbers import NUMBERS, number_faults
from service.schemas.pointers import joined

INPUTS = "/inputs"
MAX_FAULTS = 100  # "every fault at once" must not answer a large body with a larger one


def predict(model: Model, inputs: Any) -> Predictions:
    """Answers for `inputs`: for each row [number, …] or {column: number}.

    Raises DataError with every fault, up to the first hundred, its pointers under /inputs.
    """
    names = model.preprocessing.feature_names
    found = list(islice(_faults(inputs, names), MAX_FAULTS))
    if found:
        raise DataError(found)
    rows = [row if isinstance(row, list) else [row[name] for name in names] for row in inputs]
    with np.errstate(all="ignore"):  # what is no longer finite is answered as null
        return model.predict(np.array(rows, dtype=np.float64))


def _faults(inputs: Any, names: Sequence[str]) -> Iterator[Fault]:
    if not isinstance(inputs, list) or not inputs:
        yield Fault(INPUTS, "must be an array of at least one row")
        return
    for index, row in enumerate(inputs):
        pointer = joined(INPUTS, index)
        if isinstance(row, list):
            yield from _list_faults(row, names, pointer)
        elif isinstance(row, dict):
            yield from _object_faults(row, names, pointer)
        else:
            yield Fault(pointer, "must be an array of numbers, or an object of columns")


def _list_faults(row: list[Any], names: Sequence[str], pointer: str) -> Iterator[Fault]:
    if len(row) != len(names):
        yield Fault(pointer, f"must hold {len(names)} numbers ({', '.join(names)}), not {len(row)}")
    yield from number_faults(row, pointer)


def _object_faults(row: dict[str, Any], names: Sequence[str], pointer: str) -> Iterator[Fault]:
    for name in names:
        if name not in row:
            yield Fault(joined(pointer, name), "is required")
        elif type(row[name]) not in NUMBERS:
            yield Fault(joined(pointer, name), "must be a finite number")
    for name in row.keys() - set(names):
        yield Fault(joined(pointer, name), "is not a column the model knows")
