"""The penalties on large weights: ½·l2·Σw² + l1·Σ|w|, of weights only, never of biases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Penalties:
    """Both penalties. The derivative of |w| at 0 is taken as 0."""

    l1: float
    l2: float

    def __bool__(self) -> bool:
        return self.l1 > 0.0 or self.l2 > 0.0

    def cost(self, parameters: Sequence[Array]) -> float:
        """What the penalties add to J; `parameters` are `network.views`."""
        total = 0.0
        for matrix in parameters:
            weights = matrix[:-1].reshape(-1)
            if self.l2:
                total += 0.5 * self.l2 * float(np.dot(weights, weights))
            if self.l1:
                total += self.l1 * float(np.add.reduce(np.abs(weights)))
        return total

    def add_gradient(self, parameters: Sequence[Array], gradient: Sequence[Array]) -> None:
        """Add l2·w + l1·sign(w) to `gradient`, in place."""
        for matrix, slope in zip(parameters, gradient, strict=True):
            if self.l2:
                slope[:-1] += self.l2 * matrix[:-1]
            if self.l1:
                slope[:-1] += self.l1 * np.sign(matrix[:-1])
