"""The cost J: how far outputs are from targets, and its gradient at the output layer.

A `Head` is an output activation together with a cost. It turns the last layer's weighted inputs z
into outputs ŷ, the cost, and δ = ∂J/∂z, where backpropagation starts. All arrays are
(outputs, examples). Costs are means: over examples and outputs, and for cross_entropy over
examples of the sum over classes. Cross-entropies are in nats.

Where examples are weighted, `weights` (examples,) says how much each counts: J is the mean of
sᵢ·Jᵢ over the examples. Without, each counts 1, and nothing is multiplied.

Softmax with cross_entropy, and sigmoid with binary_cross_entropy, are computed from z and not
from ŷ: their δ is simply (ŷ − y)/n, and no logarithm ever meets a zero.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.activations import ACTIVATIONS, sigmoid

Array = NDArray[Any]

HUBER_DELTA = 1.0

# Of errors (outputs, examples) and weights: the summed cost, and its slope by each error.
ErrorCost = Callable[[Array, Array | None], tuple[float, Array]]


class Head(Protocol):
    """What stands at the end of a network."""

    def outputs(self, z: Array) -> Array:
        """ŷ of z, written over z."""

    def cost(self, z: Array, targets: Array, weights: Array | None = None) -> float:
        """J summed (not averaged) over examples; z is overwritten by ŷ."""

    def cost_and_delta(
        self, z: Array, targets: Array, delta: Array, weights: Array | None = None
    ) -> float:
        """As `cost`, and δ = ∂(mean J over these examples)/∂z into `delta`."""


class SoftmaxCrossEntropy:
    """J = −Σ y·log ŷ with ŷ = eᶻ / Σ eᶻ: log Σ eᶻ − Σ y·z, as the y of an example sum to 1."""

    def outputs(self, z: Array) -> Array:
        softmax(z)
        return z

    def cost(self, z: Array, targets: Array, weights: Array | None = None) -> float:
        np.subtract(z, np.maximum.reduce(z, axis=0), out=z)
        fitted = float(np.vdot(weighted(targets, weights), z))
        np.exp(z, out=z)
        total = np.add.reduce(z, axis=0)
        np.divide(z, total, out=z)
        return float(np.add.reduce(weighted(np.log(total, out=total), weights))) - fitted

    def cost_and_delta(
        self, z: Array, targets: Array, delta: Array, weights: Array | None = None
    ) -> float:
        cost = self.cost(z, targets, weights)
        np.subtract(z, targets, out=delta)
        np.multiply(delta, share(z.shape[1], weights), out=delta)
        return cost


class SigmoidBinaryCrossEntropy:
    """J = −y·log ŷ − (1 − y)·log(1 − ŷ) with ŷ = σ(z), so J = max(z, 0) − y·z + log(1 + e^−|z|)."""

    def outputs(self, z: Array) -> Array:
        sigmoid(z, z)
        return z

    def cost(self, z: Array, targets: Array, weights: Array | None = None) -> float:
        tail = np.abs(z)
        np.negative(tail, out=tail)
        np.exp(tail, out=tail)
        np.log1p(tail, out=tail)
        # By element: where z fits y well the difference is exactly 0, and the tail stays.
        tail += np.maximum(z, 0.0) - targets * z
        sigmoid(z, z)
        return float(np.add.reduce(weighted(tail, weights), axis=None)) / int(z.shape[0])

    def cost_and_delta(
        self, z: Array, targets: Array, delta: Array, weights: Array | None = None
    ) -> float:
        cost = self.cost(z, targets, weights)
        np.subtract(z, targets, out=delta)
        np.multiply(delta, share(z.size, weights), out=delta)
        return cost


class SoftmaxSquared:
    """mse of a softmax: δ = ŷ ⊙ (g − Σ g·ŷ) with g = ∂J/∂ŷ, softmax's Jacobian applied to g."""

    def outputs(self, z: Array) -> Array:
        softmax(z)
        return z

    def cost(self, z: Array, targets: Array, weights: Array | None = None) -> float:
        softmax(z)
        return squared(z - targets, weights)[0] / int(z.shape[0])

    def cost_and_delta(
        self, z: Array, targets: Array, delta: Array, weights: Array | None = None
    ) -> float:
        softmax(z)
        cost, slope = squared(z - targets, weights)
        np.multiply(slope, 1.0 / z.size, out=delta)
        np.subtract(delta, np.add.reduce(delta * z, axis=0), out=delta)
        np.multiply(delta, z, out=delta)
        return cost / int(z.shape[0])


class Elementwise:
    """An output f and a cost c of the error, each element by element: δ = c′(ŷ − y)·f′(z)."""

    def __init__(self, output: str, error_cost: ErrorCost) -> None:
        self._activation = ACTIVATIONS[output]
        self._error_cost = error_cost

    def outputs(self, z: Array) -> Array:
        self._activation.function(z, z)
        return z

    def cost(self, z: Array, targets: Array, weights: Array | None = None) -> float:
        self.outputs(z)
        return self._error_cost(z - targets, weights)[0] / int(z.shape[0])

    def cost_and_delta(
        self, z: Array, targets: Array, delta: Array, weights: Array | None = None
    ) -> float:
        self.outputs(z)
        np.subtract(z, targets, out=delta)
        cost, slope = self._error_cost(delta, weights)
        self._activation.derivative(z, z, delta)
        np.multiply(delta, slope, out=delta)
        np.multiply(delta, 1.0 / z.size, out=delta)
        return cost / int(z.shape[0])


def softmax(z: Array) -> None:
    """eᶻ / Σ eᶻ down each column, in place; less the largest z first, so nothing overflows."""
    np.subtract(z, np.maximum.reduce(z, axis=0), out=z)
    np.exp(z, out=z)
    np.divide(z, np.add.reduce(z, axis=0), out=z)


def weighted(values: Array, weights: Array | None) -> Array:
    """`values` (…, examples), each example's times its weight."""
    return values if weights is None else values * weights


def share(count: int, weights: Array | None) -> float | Array:
    """What turns a sum's slope into that of the mean of `count`, by example if weighted."""
    return 1.0 / count if weights is None else weights / count


def squared(error: Array, weights: Array | None) -> tuple[float, Array]:
    """Σ s·e², without a ½, and its slope 2s·e."""
    pull = weighted(error, weights)
    return float(np.vdot(pull, error)), pull * 2.0


def absolute(error: Array, weights: Array | None) -> tuple[float, Array]:
    """Σ s·|e|, and its slope s·sign(e), 0 at 0."""
    size = weighted(np.abs(error), weights)
    return float(np.add.reduce(size, axis=None)), weighted(np.sign(error), weights)


def huber(error: Array, weights: Array | None) -> tuple[float, Array]:
    """Σ s·c of c = ½e² up to |e| = δ and δ(|e| − ½δ) beyond (Huber 1964), and its slope."""
    clipped = np.clip(error, -HUBER_DELTA, HUBER_DELTA)
    slope = weighted(clipped, weights)
    # On both sides of δ, c is c′·(e − ½·c′).
    return float(np.vdot(slope, error - 0.5 * clipped)), slope


_ERROR_COSTS: dict[str, ErrorCost] = {"mse": squared, "mae": absolute, "huber": huber}


def head_of(output: str, cost: str) -> Head:
    """The head for an output and a cost that `OUTPUT_COSTS` pairs."""
    if cost == "cross_entropy":
        return SoftmaxCrossEntropy()
    if cost == "binary_cross_entropy":
        return SigmoidBinaryCrossEntropy()
    if output == "softmax":
        return SoftmaxSquared()
    return Elementwise(output, _ERROR_COSTS[cost])
