"""What training says of each epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class EpochRecord(NamedTuple):
    """One row of the history. A number that stopped being finite stands here as it is.

    `cost` is J with penalties, over all training rows (epoch 0, and where `training_cost` is
    exact) or as met during the epoch (running). `gradient_norm` is the L2 norm of the mean of
    the epoch's batch gradients, before clipping; None in epoch 0. `seconds` are the wall-clock
    time of this epoch alone.
    """

    epoch: int
    cost: float | None
    validation_cost: float | None
    accuracy: float | None
    validation_accuracy: float | None
    gradient_norm: float | None
    learning_rate: float | None
    accepted: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `parameters` is the model, a flat vector; of it are costs and metrics."""

    stop_reason: str
    model_epoch: int
    parameters: NDArray[Any]
    cost: float | None
    validation_cost: float | None
    metrics: dict[str, Any]
    best: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows ready to train on: `inputs` (rows, features + 1), the last column ones; `targets`
    (outputs, rows); `weights` (rows,) of mean 1, how much each row counts in J, None where all
    count alike. All in the run's dtype and C-contiguous.
    """

    inputs: NDArray[Any]
    targets: NDArray[Any]
    weights: NDArray[Any] | None = None

    @classmethod
    def of(
        cls,
        inputs: NDArray[Any],
        targets: NDArray[Any],
        dtype: str,
        weights: NDArray[Any] | None = None,
    ) -> Examples:
        """Copies of `inputs` (rows, features) and `targets` (rows, outputs) or (rows,); of
        `weights` (rows,), none below 0 and not all 0, only the proportions matter.

        What is too large for `dtype` becomes infinite, and a run on it says that it diverged.
        """
        columns = targets.reshape(len(inputs), -1)
        with np.errstate(over="ignore"):
            augmented = np.ones((inputs.shape[0], inputs.shape[1] + 1), dtype)
            augmented[:, :-1] = inputs
            turned = np.ascontiguousarray(columns.T, dtype=dtype)
        return cls(augmented, turned, None if weights is None else of_mean_one(weights, dtype))

    @property
    def rows(self) -> int:
        return len(self.inputs)

    @property
    def features(self) -> int:
        return int(self.inputs.shape[1]) - 1

    @property
    def outputs(self) -> int:
        return len(self.targets)


def of_mean_one(weights: NDArray[Any], dtype: str) -> NDArray[Any]:
    """`weights` (rows,), none below 0 and not all 0, over their mean, in `dtype`."""
    # Over the largest first: a sum of very large or very small ones leaves the range of float64.
    shares = np.asarray(weights, np.float64) / np.max(weights)
    return np.asarray(shares / np.mean(shares), dtype)


@dataclass(frozen=True, slots=True)
class TrainingData:
    """What a run trains on and, if there is any, validates on.

    `target_scale` (outputs,) turns errors of outputs into the units of the raw targets. `names`
    are the classes in the order of the outputs, or the targets' names; counted from 0 without.
    """

    training: Examples
    validation: Examples | None = None
    target_scale: NDArray[Any] | None = None
    names: tuple[str | bool | int, ...] = ()
