"""What one set of weights is worth on one set of rows: its cost, accuracy and scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.metrics import Name, Scores, class_scores, regression_scores
from engine.problem import Measure, Problem
from engine.records import Examples

Array = NDArray[Any]


class Evaluator:
    """Measures the whole of one set of rows exactly, without dropout, a block at a time.

    Asks between blocks whether to go on; raises InterruptedTrainingError. `labels` is the true
    class of each row, (rows,), or None for a regression.
    """

    def __init__(self, problem: Problem, examples: Examples) -> None:
        self.problem, self.examples = problem, examples
        self.labels = problem.labels(examples.targets)

    def measure(self, parameters: Sequence[Array], *, penalties: bool) -> Measure:
        """J at `parameters` (`network.views`), with the penalties if asked, and the accuracy."""
        total, correct, weights = 0.0, 0, self.examples.weights
        for stretch, z in self._blocks(parameters):
            part = None if weights is None else weights[stretch]
            total += self.problem.head.cost(z, self.examples.targets[:, stretch], part)
            if self.labels is not None:
                correct += self.problem.correct(z, self.labels[stretch])
        cost = total / self.examples.rows
        if penalties:
            cost += self.problem.penalties.cost(parameters)
        return Measure(cost, None if self.labels is None else correct / self.examples.rows)

    def scores(
        self, parameters: Sequence[Array], names: Sequence[Name], unit: Array | None
    ) -> Scores:
        """The scores of a model (`engine.metrics`): `names` are its classes or its targets; an
        error of 1 in an output counts `unit`, (outputs,), or 1 where there is none.
        """

        def blocks() -> Iterator[tuple[slice, Array]]:
            for stretch, z in self._blocks(parameters):
                yield stretch, self.problem.head.outputs(z)

        targets = self.examples.targets
        if self.labels is not None:
            known = names or range(max(2, len(targets)))
            return class_scores(blocks, self.labels, list(known))
        scale = np.ones(len(targets)) if unit is None else unit
        return regression_scores(blocks, targets, scale, list(names or range(len(targets))))

    def _blocks(self, parameters: Sequence[Array]) -> Iterator[tuple[slice, Array]]:
        for at in range(0, self.examples.rows, self.problem.rows_at_once):
            self.problem.check()
            stretch = slice(at, min(at + self.problem.rows_at_once, self.examples.rows))
            yield stretch, self.problem.logits(parameters, self.examples.inputs[stretch])
