"""One epoch: the gradient from `backprop`, the step from `descent`, batch after batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.batches import batches, row_order
from engine.descent import Descent, clip
from engine.evaluation import Evaluator
from engine.gathering import GatheredBatch
from engine.learning_rate import Rate
from engine.network import views
from engine.numbers import norm
from engine.problem import Measure
from engine.tally import Tally
from engine.whole import WholeGradient

Array = NDArray[Any]


class Passed(NamedTuple):
    """What one epoch of steps left to report."""

    measure: Measure
    gradient_norm: float
    learning_rate: float
    all_zero: bool  # every batch's gradient was exactly zero
    accepted: bool = True


class Passes(Protocol):
    """A way through the training rows."""

    def start(self) -> Measure:
        """J and accuracy over all training rows at the starting weights."""

    def resume(self, measure: Measure) -> None:
        """Instead of `start`: the parameters are those of an epoch that measured this."""

    def epoch(self, number: int, rate: Rate) -> Passed:
        """Take the steps of epoch `number`, which changes the parameters in place."""

    def take_back(self) -> None:
        """Forget the last epoch: its caller has put back the parameters and the step rule."""


class MiniBatches:
    """A step after every `batch_size` rows, in an order drawn anew for each epoch.

    The cost of an epoch is the running one: each batch's as met before its step.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        parameters: Array,
        descent: Descent,
        generators: Mapping[str, np.random.Generator],
    ) -> None:
        problem, examples = evaluator.problem, evaluator.examples
        spec, rows = problem.spec, examples.rows
        self._evaluator, self._problem, self._rows = evaluator, problem, rows
        self._parameters, self._descent = parameters, descent
        self._clip_norm = spec.clip_norm
        self._penalties = problem.penalties or None
        self._shuffle = generators["shuffle"] if spec.shuffle else None
        self._size = min(spec.batch_size or rows, rows)
        sizes = {self._size, rows % self._size or self._size}
        self._batches = {
            n: GatheredBatch(problem, examples, n, generators["dropout"]) for n in sizes
        }
        self._views = views(problem.layers, parameters)
        self._gradient = np.empty_like(parameters)
        self._gradient_views = views(problem.layers, self._gradient)
        self._tally = Tally(evaluator, self._size)

    def start(self) -> Measure:
        return self._evaluator.measure(self._views, penalties=True)

    def resume(self, _measure: Measure) -> None:
        """Nothing is kept from one epoch to the next."""

    def take_back(self) -> None:
        """Nothing is kept from one epoch to the next."""

    def epoch(self, number: int, rate: Rate) -> Passed:
        order, clip_norm = row_order(self._rows, self._shuffle), self._clip_norm
        learning_rate = 0.0
        self._tally.start()
        for step, rows in enumerate(batches(order, self._size)):
            self._problem.check()
            batch = self._batches[len(rows)]
            cost = self._gradient_of(batch, rows)
            self._tally.add(cost, batch.outputs, self._gradient)
            if clip_norm is not None:
                clip(self._gradient, norm(self._gradient), clip_norm)
            learning_rate = rate.at(number, step)
            self._descent.step(self._parameters, self._gradient, learning_rate)
        tally = self._tally
        return Passed(tally.measure(order), tally.gradient_norm, learning_rate, not tally.moved)

    def _gradient_of(self, batch: GatheredBatch, rows: Array) -> float:
        """J summed over a batch, with penalties; its mean gradient into `_gradient`."""
        cost = batch.cost_and_gradient(self._views, rows, self._gradient_views)
        if self._penalties is not None:
            cost += self._penalties.cost(self._views) * len(rows)
            self._penalties.add_gradient(self._views, self._gradient_views)
        return cost


class FullBatch:
    """One step an epoch, along the gradient of J over all rows.

    The forward pass that finds the next gradient also gives J after the step, so that the exact
    cost of every epoch is free. Without dropout only.
    """

    def __init__(self, evaluator: Evaluator, parameters: Array, descent: Descent) -> None:
        problem = evaluator.problem
        self._clip_norm = problem.spec.clip_norm
        self._parameters, self._descent = parameters, descent
        self._views = views(problem.layers, parameters)
        self._gradient, self._previous = np.empty_like(parameters), np.empty_like(parameters)
        self._whole = WholeGradient(evaluator)

    def start(self) -> Measure:
        return self._whole.find(self._views, self._gradient)

    def resume(self, _measure: Measure) -> None:
        self.start()

    def take_back(self) -> None:
        np.copyto(self._gradient, self._previous)

    def epoch(self, number: int, rate: Rate) -> Passed:
        length = norm(self._gradient)
        all_zero = not self._gradient.any()
        np.copyto(self._previous, self._gradient)
        if self._clip_norm is not None:
            clip(self._gradient, length, self._clip_norm)
        learning_rate = rate.at(number, 0)
        self._descent.step(self._parameters, self._gradient, learning_rate)
        return Passed(self.start(), length, learning_rate, all_zero)
