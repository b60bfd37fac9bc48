"""What an epoch of mini batches adds up: its cost, the classes it named, its mean gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.evaluation import Evaluator
from engine.numbers import norm
from engine.problem import Measure

Array = NDArray[Any]


class Tally:
    """One epoch after another, in memory allocated once; full batches are of `size` rows."""

    def __init__(self, evaluator: Evaluator, size: int) -> None:
        problem, examples = evaluator.problem, evaluator.examples
        self._size, self._rows = size, examples.rows
        self._labels = evaluator.labels
        self._binary = problem.spec.task == "binary"
        named = 0 if self._labels is None else examples.rows
        self._named = np.empty(named, bool if self._binary else np.intp)
        self._gradient = np.empty(problem.size, problem.spec.dtype)
        self._at, self._cost, self._moved = 0, 0.0, False

    def start(self) -> None:
        """Begin an epoch."""
        self._gradient.fill(0.0)
        self._at, self._cost, self._moved = 0, 0.0, False

    def add(self, cost: float, outputs: Array, gradient: Array) -> None:
        """Add a batch: J summed over its rows, its ŷ (outputs, rows), its mean gradient."""
        rows, at = outputs.shape[1], self._at
        self._at = at + rows
        self._cost += cost
        if self._labels is not None:
            named = self._named[at : at + rows]
            if self._binary:
                np.greater_equal(outputs[0], 0.5, out=named)
            else:
                outputs.argmax(axis=0, out=named)
        # The mean over the epoch weighs each batch by its rows; the last may have fewer.
        share = rows / self._size
        if share != 1.0:
            np.divide(self._gradient, share, out=self._gradient)
        np.add(self._gradient, gradient, out=self._gradient)
        if share != 1.0:
            np.multiply(self._gradient, share, out=self._gradient)
        if not self._moved:
            self._moved = bool(gradient.any())

    def measure(self, order: Array) -> Measure:
        """The running cost and accuracy of an epoch that took its rows in `order`, (rows,)."""
        accuracy = None
        if self._labels is not None:
            right = np.count_nonzero(self._named == self._labels.take(order))
            accuracy = int(right) / self._rows
        return Measure(self._cost / self._rows, accuracy)

    @property
    def gradient_norm(self) -> float:
        """The L2 norm of the mean of the batches' gradients, weighted by their rows."""
        return norm(self._gradient) * self._size / self._rows

    @property
    def moved(self) -> bool:
        """Whether any batch's gradient was not exactly zero."""
        return self._moved
