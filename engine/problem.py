"""What is to be minimised: the cost J of a network over the training rows.

`MiniBatches` and `FullBatch` in `engine.passes` descend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.costs import head_of
from engine.errors import EngineError
from engine.network import ForwardPass, layers_of, parameter_count, views
from engine.penalties import Penalties
from engine.records import Examples
from engine.spec import TrainingSpec

Array = NDArray[Any]

# Rows measured at once: few enough for their activations to stay in the processor's cache.
EVALUATION_NUMBERS = 128 * 1024


class InterruptedTrainingError(EngineError):
    """The caller asked training to stop between two batches."""


class Measure(NamedTuple):
    """The cost and, for classes, the accuracy of one set of weights on one set of rows."""

    cost: float
    accuracy: float | None


class Problem:
    """A network, its cost and its penalties, for one filled specification."""

    def __init__(
        self,
        spec: TrainingSpec,
        features: int,
        outputs: int,
        keep_going: Callable[[], bool],
    ) -> None:
        self.spec = spec
        self.layers = layers_of(spec.network, features, outputs)
        self.size = parameter_count(self.layers)
        self.head = head_of(spec.network.output, spec.cost)
        self.penalties = Penalties(spec.l1, spec.l2)
        self._keep_going = keep_going
        widest = max(layer.fan_out for layer in self.layers)
        self.rows_at_once = max(1, EVALUATION_NUMBERS // widest)

    def check(self) -> None:
        """Ask the caller whether to go on; raises InterruptedTrainingError."""
        if not self._keep_going():
            raise InterruptedTrainingError("asked to stop")

    def weights_mask(self) -> Array:
        """(parameters,): 1 at each weight, 0 at each bias."""
        mask = np.ones(self.size, np.float32)
        for matrix in views(self.layers, mask):
            matrix[-1] = 0.0
        return mask

    def correct(self, outputs: Array, labels: Array) -> int:
        """How many columns of ŷ (outputs, examples) name the class in `labels` (examples,)."""
        return int(np.count_nonzero(self.classes(outputs) == labels))

    def classes(self, outputs: Array) -> Array:
        """The class each column of ŷ (outputs, examples) names, (examples,)."""
        if self.spec.task == "binary":
            return np.asarray(outputs[0] >= 0.5)
        return np.asarray(outputs.argmax(axis=0))

    def labels(self, targets: Array) -> Array | None:
        """The true class of each example, (examples,), from (outputs, examples); None without."""
        return None if self.spec.task == "regression" else self.classes(targets)


class Evaluator:
    """Measures the whole of one set of rows exactly, without dropout, a block at a time."""

    def __init__(self, problem: Problem, examples: Examples) -> None:
        self._problem, self._examples = problem, examples
        self._rows = min(problem.rows_at_once, examples.rows)
        self._labels = problem.labels(examples.targets)
        self._forward: ForwardPass | None = None

    def measure(self, parameters: Sequence[Array], *, penalties: bool) -> Measure:
        """J at `parameters` (`network.views`), with the penalties if asked, and the accuracy."""
        total, correct = 0.0, 0
        for at, z in self._blocks(parameters):
            stretch = slice(at, at + z.shape[1])
            total += self._problem.head.cost(z, self._examples.targets[:, stretch])
            if self._labels is not None:
                correct += self._problem.correct(z, self._labels[stretch])
        cost = total / self._examples.rows
        if penalties:
            cost += self._problem.penalties.cost(parameters)
        accuracy = None if self._labels is None else correct / self._examples.rows
        return Measure(cost, accuracy)

    def outputs(self, parameters: Sequence[Array]) -> Array:
        """ŷ of every row, (outputs, rows)."""
        found = np.empty_like(self._examples.targets)
        for at, z in self._blocks(parameters):
            found[:, at : at + z.shape[1]] = self._problem.head.outputs(z)
        return found

    def _blocks(self, parameters: Sequence[Array]) -> Any:
        if self._forward is None:
            dtype = self._problem.spec.dtype
            self._forward = ForwardPass(self._problem.layers, self._rows, dtype)
        for at in range(0, self._examples.rows, self._rows):
            self._problem.check()
            rows = self._examples.inputs[at : at + self._rows]
            yield at, self._forward.logits(parameters, rows)
