"""The gradient of J over all rows, gathered block by block.

A block is few enough rows for its activations to stay in the processor's cache, which is faster
than one pass over everything, needs less memory, and lets the caller stop between two blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.backprop import Backprop
from engine.evaluation import Evaluator
from engine.network import views
from engine.problem import Measure

Array = NDArray[Any]

BLOCK_BYTES = 512 * 1024
FEWEST_ROWS = 256


class WholeGradient:
    """Cost, accuracy and gradient over all rows of an evaluator, in memory allocated once."""

    def __init__(self, evaluator: Evaluator) -> None:
        problem, examples = evaluator.problem, evaluator.examples
        self._problem, self._examples = problem, examples
        dtype = problem.spec.dtype
        numbers = sum(2 * layer.fan_out for layer in problem.layers) + examples.features
        fitting = BLOCK_BYTES // (numbers * np.dtype(dtype).itemsize)
        self._rows = min(max(fitting, FEWEST_ROWS), examples.rows)
        sizes = {self._rows, examples.rows % self._rows or self._rows}
        self._backprops = {
            rows: Backprop(problem.layers, problem.head, rows, dtype) for rows in sizes
        }
        self._part = np.empty(problem.size if self._rows < examples.rows else 0, dtype)
        self._labels = evaluator.labels

    def find(self, parameters: Sequence[Array], gradient: Array) -> Measure:
        """J and accuracy at `parameters` (`network.views`); ∂J/∂w is written into `gradient`."""
        rows, parts = self._examples.rows, views(self._problem.layers, gradient)
        if self._rows == rows:
            cost, correct = self._block(parameters, 0, parts)
        else:
            cost, correct = self._blocks(parameters, gradient)
        cost /= rows
        penalties = self._problem.penalties
        if penalties:
            cost += penalties.cost(parameters)
            penalties.add_gradient(parameters, parts)
        return Measure(cost, None if self._labels is None else correct / rows)

    def _blocks(self, parameters: Sequence[Array], gradient: Array) -> tuple[float, int]:
        gradient.fill(0.0)
        parts, cost, correct = views(self._problem.layers, self._part), 0.0, 0
        for at in range(0, self._examples.rows, self._rows):
            block_cost, block_correct = self._block(parameters, at, parts)
            cost, correct = cost + block_cost, correct + block_correct
            share = min(self._rows, self._examples.rows - at) / self._examples.rows
            np.multiply(self._part, share, out=self._part)
            np.add(gradient, self._part, out=gradient)
        return cost, correct

    def _block(
        self, parameters: Sequence[Array], at: int, gradient: Sequence[Array]
    ) -> tuple[float, int]:
        """J summed over the block from row `at` on, and how many of it are classified right."""
        self._problem.check()
        stretch = slice(at, min(at + self._rows, self._examples.rows))
        inputs, targets = self._examples.inputs[stretch], self._examples.targets[:, stretch]
        backprop = self._backprops[len(inputs)]
        weights = self._examples.weights
        part = None if weights is None else weights[stretch]
        cost = backprop.cost_and_gradient(parameters, inputs, targets, gradient, part)
        if self._labels is None:
            return cost, 0
        return cost, self._problem.correct(backprop.outputs, self._labels[stretch])
