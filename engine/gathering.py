"""One batch: its rows gathered from all examples, and their gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.backprop import Backprop
from engine.problem import Problem
from engine.records import Examples

Array = NDArray[Any]


class GatheredBatch:
    """Memory for batches of exactly `rows` rows: the gathered examples, and backprop's."""

    def __init__(
        self, problem: Problem, examples: Examples, rows: int, dropout: np.random.Generator | None
    ) -> None:
        dtype = problem.spec.dtype
        self._examples = examples
        self._inputs = np.empty((rows, examples.features + 1), dtype)
        self._targets = np.empty((examples.outputs, rows), dtype)
        self._weights = None if examples.weights is None else np.empty(rows, dtype)
        self._backprop = Backprop(problem.layers, problem.head, rows, dtype, dropout)

    @property
    def outputs(self) -> Array:
        """ŷ of the last batch, (outputs, rows)."""
        return self._backprop.outputs

    def cost_and_gradient(
        self, parameters: Sequence[Array], rows: Array, gradient: Sequence[Array]
    ) -> float:
        """`Backprop.cost_and_gradient` of the examples that `rows`, (rows,), names."""
        # mode="clip" lets numpy write straight into `out`; the indices are all in range.
        np.take(self._examples.inputs, rows, axis=0, out=self._inputs, mode="clip")
        np.take(self._examples.targets, rows, axis=1, out=self._targets, mode="clip")
        if self._examples.weights is not None:
            np.take(self._examples.weights, rows, out=self._weights, mode="clip")
        return self._backprop.cost_and_gradient(
            parameters, self._inputs, self._targets, gradient, self._weights
        )
