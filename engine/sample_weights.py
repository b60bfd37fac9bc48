"""How much each row counts: the weight of its class times the weight in its own column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.labels import Label, written
from engine.records import of_mean_one
from engine.spec import TrainingSpec

Array = NDArray[Any]


def class_weights(
    spec: TrainingSpec, places: Array | None, classes: Sequence[Label] | None
) -> Array | None:
    """The weight of each of the `classes`, (classes,); None where all are 1.

    `balanced` is n / (k · n_c): of the n training rows, whose class `places` (n,) tells, n_c are
    of class c, and k classes have any. A class that is not named weighs 1.
    """
    if spec.class_weights is None or places is None or classes is None:
        return None
    if isinstance(spec.class_weights, Mapping):
        return np.array([spec.class_weights.get(written(label), 1.0) for label in classes])
    counts = np.bincount(places, minlength=len(classes))
    return len(places) / (np.count_nonzero(counts) * np.maximum(counts, 1))


def row_weights(
    of_classes: Array | None, places: Array | None, column: Array | None, dtype: str
) -> Array | None:
    """The weights of some rows, (rows,) in `dtype`, their mean 1; None where all count alike.

    `of_classes` (classes,) weighs the class at each row's place, `column` (rows,) the row itself.
    """
    weights = column
    if of_classes is not None and places is not None:
        weights = of_classes[places] if column is None else of_classes[places] * column
    if weights is None or not len(weights):
        return None
    return of_mean_one(weights, dtype)
