"""One step laid open: the forward pass, backpropagation, and then, apart from it, the descent.

In float64, on given weights. Everything comes from the very code that trains: `backprop` finds the
gradient, `descent` takes the step; only the check finds it again, by central differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.activations import ACTIVATIONS
from engine.backprop import Backprop
from engine.costs import Head, head_of
from engine.descent import GradientDescent
from engine.network import ForwardPass, Layer, given_parameters, layers_of, views
from engine.records import Examples
from engine.spec import LayerWeights, NetworkSpec

Array = NDArray[Any]

MAX_PARAMETERS = 1_000
MAX_ROWS = 100
DTYPE = "float64"

# The rounding error of a difference quotient grows as ε/h, its truncation as h²: h ≈ ε^⅓.
DIFFERENCE = float(np.finfo(np.float64).eps) ** (1.0 / 3.0)


@dataclass(frozen=True, slots=True)
class LayerTrace:
    """One layer's numbers. Of the examples (examples, units): `weighted_inputs` z, `activations`
    a and `deltas` ∂J/∂z. Of the weights (fan_in, fan_out) and biases (fan_out,): the gradient,
    and their values after the step.
    """

    weighted_inputs: Array
    activations: Array
    deltas: Array
    weights_gradient: Array
    biases_gradient: Array
    weights: Array
    biases: Array


@dataclass(frozen=True, slots=True)
class StepTrace:
    """A whole step. `gradient_check` is ‖g − ĝ‖ / (‖g‖ + ‖ĝ‖), 0 where both are zero."""

    layers: tuple[LayerTrace, ...]
    cost: float
    cost_after: float
    gradient_check: float


def trace(
    network: NetworkSpec, cost: str, inputs: Array, targets: Array, learning_rate: float
) -> StepTrace:
    """One step of plain gradient descent on `inputs` (examples, features) and `targets`
    (examples, outputs). The network's output is concrete and its weights are given.
    """
    assert isinstance(network.weights, tuple)
    layers = layers_of(network, inputs.shape[1], targets.shape[1])
    return _Step(layers, head_of(network.output, cost), network.weights, inputs, targets).taken(
        learning_rate
    )


class _Step:
    def __init__(
        self,
        layers: Sequence[Layer],
        head: Head,
        weights: Sequence[LayerWeights],
        inputs: Array,
        targets: Array,
    ) -> None:
        self._layers, self._head = layers, head
        self._examples = Examples.of(inputs, targets, DTYPE)
        self._parameters = given_parameters(layers, weights, DTYPE)
        self._forward = ForwardPass(layers, self._examples.rows, DTYPE)

    @np.errstate(all="ignore")
    def taken(self, learning_rate: float) -> StepTrace:
        """The trace of a step of this length."""
        z_and_a = self._units()
        gradient = np.empty_like(self._parameters)
        backprop = Backprop(self._layers, self._head, self._examples.rows, DTYPE)
        summed = backprop.cost_and_gradient(
            views(self._layers, self._parameters),
            self._examples.inputs,
            self._examples.targets,
            views(self._layers, gradient),
        )
        check = self._check(gradient)
        after = self._parameters.copy()
        GradientDescent({}, len(after), DTYPE).step(after, gradient, learning_rate)
        layers = zip(
            z_and_a,
            backprop.deltas,
            views(self._layers, gradient),
            views(self._layers, after),
            strict=True,
        )
        return StepTrace(
            tuple(
                LayerTrace(z, a, delta.T, slope[:-1], slope[-1], new[:-1], new[-1])
                for (z, a), delta, slope, new in layers
            ),
            summed / self._examples.rows,
            self._cost(after),
            check,
        )

    def _units(self) -> list[tuple[Array, Array]]:
        """z and a of each layer, (examples, units)."""
        found, a = [], self._examples.inputs[:, :-1]
        for index, matrix in enumerate(views(self._layers, self._parameters)):
            z = a @ matrix[:-1] + matrix[-1]
            if index == len(self._layers) - 1:
                a = self._head.outputs(z.T.copy()).T  # written over what it is given
            else:
                a = np.empty_like(z)
                ACTIVATIONS[self._layers[index].activation].function(z, a)
            found.append((z, a))
        return found

    def _cost(self, parameters: Array) -> float:
        z = self._forward.logits(views(self._layers, parameters), self._examples.inputs)
        return self._head.cost(z, self._examples.targets) / self._examples.rows

    def _check(self, gradient: Array) -> float:
        numeric = np.empty_like(gradient)
        for index, weight in enumerate(self._parameters):
            step = DIFFERENCE * max(1.0, abs(weight))
            there, back = self._parameters.copy(), self._parameters.copy()
            there[index], back[index] = weight + step, weight - step
            width = there[index] - back[index]  # what the rounded steps really span
            numeric[index] = (self._cost(there) - self._cost(back)) / width
        lengths = float(np.linalg.norm(gradient) + np.linalg.norm(numeric))
        if lengths == 0.0:
            return 0.0
        return float(np.linalg.norm(gradient - numeric)) / lengths
