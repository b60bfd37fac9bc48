"""Arithmetic on vectors that must not overflow."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def norm(vector: Array) -> float:
    """The L2 norm of a flat vector; where squares would over- or underflow, by way of float64."""
    square = float(np.dot(vector, vector))
    if 1e-30 < square < math.inf:
        return math.sqrt(square)
    exact = vector.astype(np.float64)
    largest = float(np.max(np.abs(exact), initial=0.0))
    if largest == 0.0 or not math.isfinite(largest):
        return largest
    exact /= largest
    return largest * math.sqrt(float(np.dot(exact, exact)))
