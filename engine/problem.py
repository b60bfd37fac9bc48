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
from engine.spec import TrainingSpec

Array = NDArray[Any]

# Rows measured at once: few enough for their activations to stay in the processor's cache, and
# to need no more memory than the batches that are trained on.
EVALUATION_NUMBERS = 128 * 1024
EVALUATION_ROWS = 256


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
        self._forward: ForwardPass | None = None

    def check(self) -> None:
        """Ask the caller whether to go on; raises InterruptedTrainingError."""
        if not self._keep_going():
            raise InterruptedTrainingError("asked to stop")

    @property
    def rows_at_once(self) -> int:
        """How many rows are measured at once."""
        widest = max(layer.fan_out for layer in self.layers)
        enough = max(self.spec.batch_size or EVALUATION_ROWS, EVALUATION_ROWS)
        return max(1, min(EVALUATION_NUMBERS // widest, enough))

    def logits(self, parameters: Sequence[Array], inputs: Array) -> Array:
        """z of the outputs, (outputs, examples), of at most `rows_at_once` rows of `inputs`,
        (examples, features + 1), without dropout; valid until the next call.
        """
        if self._forward is None:
            self._forward = ForwardPass(self.layers, self.rows_at_once, self.spec.dtype)
        return self._forward.logits(parameters, inputs)

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
