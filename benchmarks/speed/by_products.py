"""The floor: the bare matrix products of training a shape, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from benchmarks.speed.shapes import Array, Rows, Shape


def train(shape: Shape, _rows: Rows, epochs: int) -> None:
    """Forward, gradient and backward products of every batch, into memory allocated once."""
    size = min(shape.batch_rows, shape.rows)
    whole, left = divmod(shape.rows, size)
    generator = np.random.default_rng(0)
    batches = [(_products(shape, size, generator), whole)]
    if left:
        batches.append((_products(shape, left, generator), 1))
    for _ in range(epochs):
        for multiply, times in batches:
            for _ in range(times):
                multiply()


def _products(shape: Shape, rows: int, generator: np.random.Generator) -> Callable[[], None]:
    """As the engine lays them out: a column is an example."""
    weights = [_drawn(generator, pair) for pair in pairwise(shape.widths)]
    activations = [_drawn(generator, (units, rows)) for units in shape.widths]
    deltas = [_drawn(generator, (units, rows)) for units in shape.widths]
    gradients = [np.empty_like(matrix) for matrix in weights]

    def multiply() -> None:
        for layer, matrix in enumerate(weights):
            np.dot(matrix.T, activations[layer], out=deltas[layer + 1])
        for layer, gradient in enumerate(gradients):
            np.dot(activations[layer], deltas[layer + 1].T, out=gradient)
        for layer in range(1, len(weights)):
            np.dot(weights[layer], activations[layer + 1], out=deltas[layer])

    return multiply


def _drawn(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return generator.normal(size=shape).astype(np.float32)
