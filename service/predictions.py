"""Rows as a client sends them → what a model says of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.model import Model, Predictions
from service.raw_rows import table_from

INPUTS = "/inputs"


def predict(model: Model, inputs: Any) -> Predictions:
    """Answers for `inputs`: for each row [value, …] or {column: value}, null where one is missing.

    Raises DataError with every fault, up to the first hundred, its pointers under /inputs.
    """
    table = table_from(inputs, model.preprocessing.features, INPUTS)
    with np.errstate(all="ignore"):  # what is no longer finite is answered as null
        return model.predict(table)
