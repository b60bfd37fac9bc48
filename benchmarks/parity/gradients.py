"""Which gradients are compared: every activation with every output and each cost that fits it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.parity.problems import Problem, short, weights_of
from benchmarks.parity.torch_network import ACTIVATIONS

PAIRS: dict[str, tuple[str, ...]] = {
    "linear": ("mse", "mae", "huber"),
    "tanh": ("mse", "mae", "huber"),
    "sigmoid": ("binary_cross_entropy", "mse", "mae", "huber"),
    "softmax": ("cross_entropy", "mse"),
}
ROWS, SIZES = 7, (2, 3, 3, 3)


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """(the problem's name, the part of a job body that decides the gradient)."""
    for output, costs in PAIRS.items():
        for cost in costs:
            for activation in ACTIVATIONS:
                hidden = [{"units": units, "activation": activation} for units in SIZES[1:-1]]
                yield output, {"network": {"hidden": hidden, "output": output}, "cost": cost}


def problems() -> dict[str, Problem]:
    """For each output, targets it can meet; wide enough for both sides of huber's δ."""
    generator = np.random.default_rng(5)
    inputs = short(generator.normal(size=(ROWS, SIZES[0])))
    chances = generator.uniform(size=(ROWS, SIZES[-1]))
    targets = {
        "linear": 2.0 * generator.normal(size=chances.shape),
        "tanh": 2.0 * generator.normal(size=chances.shape),
        "sigmoid": (chances > 0.5).astype(float),
        "softmax": np.eye(SIZES[-1])[chances.argmax(axis=1)],
    }
    weights = weights_of(generator, SIZES)
    return {
        output: {"inputs": inputs, "targets": short(numbers), "weights": weights}
        for output, numbers in targets.items()
    }
