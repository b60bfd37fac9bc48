"""A feed-forward network: its layers, their views into ONE flat parameter vector, the forward pass.

The vector holds the layers in order, of each the weights (fan_in, fan_out) in C order and then
the biases (fan_out,). That is the C order of one matrix (fan_in + 1, fan_out) with the biases as
its last row, so a layer whose inputs end in a constant 1 is a single matrix product:

    z = [W; b]ᵀ · [a; 1]

Inside the workspaces a column is an example: activations are (units, examples), which keeps the
row of ones contiguous and lets softmax reduce across rows, the fast direction in C order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.activations import ACTIVATIONS
from engine.initializers import INITIALIZERS
from engine.spec import HiddenLayer, LayerWeights, NetworkSpec

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of weights, and the activation of its outputs (the last layer's is the head's)."""

    fan_in: int
    fan_out: int
    activation: str
    dropout: float = 0.0

    @property
    def size(self) -> int:
        """How many parameters: weights and biases."""
        return (self.fan_in + 1) * self.fan_out


def layers_of(spec: NetworkSpec, features: int, outputs: int) -> tuple[Layer, ...]:
    """The layers of `spec` between `features` inputs and `outputs` outputs."""
    steps = (*spec.hidden, HiddenLayer(outputs, activation="linear"))
    fan_ins = (features, *(hidden.units for hidden in spec.hidden))
    return tuple(
        Layer(fan_in, step.units, step.activation, step.dropout)
        for fan_in, step in zip(fan_ins, steps, strict=True)
    )


def parameter_count(layers: Sequence[Layer]) -> int:
    """The length of the flat parameter vector."""
    return sum(layer.size for layer in layers)


def views(layers: Sequence[Layer], flat: Array) -> tuple[Array, ...]:
    """Each layer's [W; b], (fan_in + 1, fan_out), as a view into `flat`, (parameters,)."""
    found, start = [], 0
    for layer in layers:
        part = flat[start : start + layer.size]
        found.append(part.reshape(layer.fan_in + 1, layer.fan_out))
        start += layer.size
    return tuple(found)


def random_parameters(
    layers: Sequence[Layer], init: str, generator: np.random.Generator, dtype: str
) -> Array:
    """A flat vector (parameters,) of starting weights drawn by `init`; biases are zero.

    Drawn in float64 whatever the dtype, so that both dtypes start from the same point.
    """
    flat = np.zeros(parameter_count(layers), dtype)
    for layer, matrix in zip(layers, views(layers, flat), strict=True):
        matrix[:-1] = INITIALIZERS[init](generator, layer.fan_in, layer.fan_out)
    return flat


def given_parameters(layers: Sequence[Layer], weights: Sequence[LayerWeights], dtype: str) -> Array:
    """The flat vector (parameters,) of weights given layer by layer."""
    flat = np.empty(parameter_count(layers), dtype)
    for matrix, layer in zip(views(layers, flat), weights, strict=True):
        matrix[:-1] = np.asarray(layer.weights, np.float64)
        matrix[-1] = layer.biases
    return flat


class ForwardPass:
    """The forward pass of up to `rows` examples, in memory allocated once.

    No dropout: this is the network as it predicts.
    """

    def __init__(self, layers: Sequence[Layer], rows: int, dtype: str) -> None:
        self._layers = layers
        widest = max(layer.fan_out for layer in layers) + 1
        # Two buffers in turn: a layer reads one and writes the other.
        self._buffers = [np.empty(widest * rows, dtype) for _ in range(2)]

    def logits(self, parameters: Sequence[Array], inputs: Array) -> Array:
        """The last layer's weighted inputs z, (outputs, examples), valid until the next call.

        `inputs` is (examples, fan_in + 1), its last column 1.
        """
        examples = len(inputs)
        a = inputs.T
        for index, (layer, matrix) in enumerate(zip(self._layers, parameters, strict=True)):
            block = self._buffers[index % 2][: (layer.fan_out + 1) * examples]
            augmented = block.reshape(layer.fan_out + 1, examples)
            z = np.dot(matrix.T, a, out=augmented[:-1])
            if index < len(self._layers) - 1:
                ACTIVATIONS[layer.activation].function(z, z)
                augmented[-1] = 1.0
            a = augmented
        return a[:-1]


def with_ones(inputs: Array, dtype: str) -> Array:
    """A copy of `inputs`, (examples, features), with a last column of ones, in `dtype`."""
    augmented = np.ones((inputs.shape[0], inputs.shape[1] + 1), dtype)
    augmented[:, :-1] = inputs
    return augmented
