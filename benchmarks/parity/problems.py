"""The rows to learn and the weights to start from: few, short numbers that JSON holds exactly."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Problem = dict[str, Any]

# 21 rows in batches of 8 leave a last batch of 5; batches of 7 are all alike.
ROWS, VALIDATION_ROWS, FEATURES, HIDDEN = 21, 9, 3, 4


def problems() -> dict[str, Problem]:
    """By name: `inputs`, `targets` (rows, outputs), `row_weights` (rows,), the same of
    `validation`, and `weights`, the network's to start from.
    """
    return {
        "regression": _problem(1, 2, _numbers),
        "one_number": _problem(2, 1, _numbers),
        "binary": _problem(3, 1, lambda mixed: (mixed > 0.0).astype(float)),
        "multiclass": _problem(4, 3, lambda mixed: np.eye(3)[np.argmax(mixed, axis=1)]),
    }


def weights_of(generator: np.random.Generator, sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """Random starting weights as a job body gives them, biases too."""
    return [
        {
            "weights": short(generator.normal(scale=0.7, size=(fan_in, fan_out))),
            "biases": short(generator.normal(scale=0.3, size=fan_out)),
        }
        for fan_in, fan_out in pairwise(sizes)
    ]


def short(numbers: Array) -> Any:
    """`numbers` to three places, as lists."""
    return np.round(numbers, 3).tolist()


def _problem(seed: int, outputs: int, targets_of: Any) -> Problem:
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(ROWS + VALIDATION_ROWS, FEATURES))
    mixed = np.tanh(inputs @ generator.normal(size=(FEATURES, outputs)))
    targets = short(targets_of(mixed + 0.1 * generator.normal(size=mixed.shape)))
    rows = short(inputs)
    counts = short(np.random.default_rng(100 + seed).uniform(0.0, 4.0, ROWS + VALIDATION_ROWS))
    return {
        "inputs": rows[:ROWS],
        "targets": targets[:ROWS],
        "row_weights": counts[:ROWS],
        "validation": {
            "inputs": rows[ROWS:],
            "targets": targets[ROWS:],
            "row_weights": counts[ROWS:],
        },
        "weights": weights_of(generator, (FEATURES, HIDDEN, outputs)),
    }


def _numbers(mixed: Array) -> Array:
    return mixed
