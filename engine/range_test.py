"""A learning rate found before training: the range test.

From the starting weights, steps are taken with an α that grows by the same factor each time, from
far too small to far too large. While α is too small the cost stays, then it falls, and when α is
too large it rises again (Smith 2017, "Cyclical learning rates for training neural networks").
The α at which the smoothed cost is least is about the largest that can be endured; that over a
divisor, which depends on the step rule, is one to train with. A short test on few batches is a
noisy witness, and the kind's usual rate is another: their geometric mean is taken, which on the
data it was tried on came nearer to the best of a grid than either alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.batches import batches, row_order
from engine.constraints import LEARNING_RATES
from engine.descent import Descent, rule_of
from engine.gathering import GatheredBatch
from engine.network import views
from engine.problem import Problem
from engine.randomness import stream
from engine.records import Examples

Array = NDArray[Any]

SMALLEST, LARGEST = 1e-5, 10.0
STEPS = 200
# A full batch of many rows is stood for by a part of them.
MOST_ROWS = 1024
SMOOTHING = 0.9
# The cost is out of hand when it has grown to this many times its least.
OUT_OF_HAND = 4.0
EARLIEST_END = 20

# From weights that are trained already the cost only rises: there is nothing to read.
LEAST_FALL = 0.99

# How far below the least of the curve to train: measured on other data than the benchmark's.
DIVISORS = {"gradient_descent": 2.0, "momentum": 4.0}
DIVISOR = 3.0


@dataclass(frozen=True, slots=True)
class LearningRateSearch:
    """The α to train with, and the curve it was read from: (α, smoothed cost) of each step."""

    learning_rate: float
    curve: tuple[tuple[float, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """As a job reports it."""
        return {
            "learning_rate": self.learning_rate,
            "curve": [{"learning_rate": rate, "cost": cost} for rate, cost in self.curve],
        }

    @classmethod
    def from_dict(cls, body: dict[str, Any]) -> LearningRateSearch:
        """The inverse of `to_dict`."""
        curve = tuple((point["learning_rate"], point["cost"]) for point in body["curve"])
        return cls(body["learning_rate"], curve)


def range_test(problem: Problem, examples: Examples, parameters: Array) -> LearningRateSearch:
    """The learning rate for training from `parameters`, (parameters,), which stay as they are.

    Asks between batches whether to go on; raises InterruptedTrainingError.
    """
    spec = problem.spec
    rule = rule_of(spec.optimizer, problem.size, spec.dtype, problem.weights_mask())
    curve = _Ramp(problem, examples, parameters.copy(), rule).curve()
    return LearningRateSearch(_read(curve, spec.optimizer.kind), tuple(curve))


def _read(curve: list[tuple[float, float]], kind: str) -> float:
    """The α to train with, by the curve; the kind's usual one where the cost never fell."""
    best, least = min(curve, key=lambda point: point[1], default=(SMALLEST, math.inf))
    if not curve or least > LEAST_FALL * curve[0][1]:
        return LEARNING_RATES[kind]
    return math.sqrt(best / DIVISORS.get(kind, DIVISOR) * LEARNING_RATES[kind])


class _Ramp:
    def __init__(
        self, problem: Problem, examples: Examples, parameters: Array, rule: Descent
    ) -> None:
        spec = problem.spec
        self._problem, self._rule, self._parameters = problem, rule, parameters
        self._rows = examples.rows
        self._size = min(spec.batch_size or MOST_ROWS, examples.rows)
        self._generator = stream(spec.seed, "range_test")
        self._batch = GatheredBatch(problem, examples, self._size, self._generator)
        self._views = views(problem.layers, parameters)
        self._gradient = np.empty_like(parameters)
        self._gradient_views = views(problem.layers, self._gradient)
        self._waiting: list[Array] = []

    def curve(self) -> list[tuple[float, float]]:
        """(α, smoothed cost) step by step, until the cost is out of hand."""
        found: list[tuple[float, float]] = []
        average, least = 0.0, math.inf
        for step in range(STEPS):
            self._problem.check()
            rate = SMALLEST * (LARGEST / SMALLEST) ** (step / (STEPS - 1))
            average = SMOOTHING * average + (1.0 - SMOOTHING) * self._step(rate)
            smoothed = average / (1.0 - SMOOTHING ** (step + 1))
            least = min(least, smoothed)
            out_of_hand = step >= EARLIEST_END and smoothed > OUT_OF_HAND * least
            if not math.isfinite(smoothed) or out_of_hand:
                break
            found.append((rate, smoothed))
        return found

    def _step(self, rate: float) -> float:
        """Take one step, and give J of its batch as met before it."""
        cost = self._batch.cost_and_gradient(self._views, self._next_rows(), self._gradient_views)
        cost /= self._size
        if self._problem.penalties:
            cost += self._problem.penalties.cost(self._views)
            self._problem.penalties.add_gradient(self._views, self._gradient_views)
        self._rule.step(self._parameters, self._gradient, rate)
        return cost

    def _next_rows(self) -> Array:
        if not self._waiting:
            drawn = batches(row_order(self._rows, self._generator), self._size)
            self._waiting = [rows for rows in drawn if len(rows) == self._size]
        return self._waiting.pop()
