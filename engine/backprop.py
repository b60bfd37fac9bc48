"""Backpropagation: the gradient of the cost J with respect to every weight. It never takes a step.

The chain rule, from the output layer L back to the first. With a⁰ the inputs,
zˡ = Wˡᵀ·aˡ⁻¹ + bˡ and aˡ = f(zˡ), and δˡ = ∂J/∂zˡ:

    δᴸ = ∂J/∂zᴸ                            the head's: output activation and cost together
    δˡ = (Wˡ⁺¹ · δˡ⁺¹) ⊙ f′(zˡ)            one layer further back
    ∂J/∂Wˡ = aˡ⁻¹ · δˡᵀ,  ∂J/∂bˡ = Σ δˡ    summed over the examples

(Rumelhart, Hinton & Williams 1986, "Learning representations by back-propagating errors".)
Each layer's inputs carry a last row of ones, so that ∂J/∂[W; b] = [a; 1] · δᵀ is one product.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.activations import ACTIVATIONS
from engine.costs import Head
from engine.network import Layer

Array = NDArray[Any]


class Backprop:
    """Forward and backward through one batch of exactly `rows` examples, in memory allocated once.

    `dropout` draws which hidden units are left out of this batch; without it none is.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        head: Head,
        rows: int,
        dtype: str,
        dropout: np.random.Generator | None = None,
    ) -> None:
        self._head = head
        last = len(layers) - 1
        self._steps = [
            _LayerPass(layer, rows, dtype, dropout if index < last else None)
            for index, layer in enumerate(layers)
        ]

    @property
    def outputs(self) -> Array:
        """ŷ of the last batch, (outputs, examples)."""
        return self._steps[-1].z

    @property
    def deltas(self) -> list[Array]:
        """∂J/∂z of each layer for the last batch, (fan_out, rows)."""
        return [step.delta for step in self._steps]

    def cost_and_gradient(
        self,
        parameters: Sequence[Array],
        inputs: Array,
        targets: Array,
        gradient: Sequence[Array],
        weights: Array | None = None,
    ) -> float:
        """J summed over the batch; ∂(mean J)/∂[W; b] of each layer is written into `gradient`.

        `parameters` and `gradient` are `network.views`, `inputs` (rows, fan_in + 1) with a last
        column of ones, `targets` (outputs, rows); `weights` (rows,) say how much each row counts.
        """
        a = inputs.T
        for step, matrix in zip(self._steps, parameters, strict=True):
            a = step.forward(matrix, a)
        top = self._steps[-1]
        cost = self._head.cost_and_delta(top.z, targets, top.delta, weights)
        for index in range(len(self._steps) - 1, 0, -1):
            below, step = self._steps[index - 1], self._steps[index]
            np.dot(below.a, step.delta.T, out=gradient[index])
            below.backward(parameters[index], step.delta)
        np.dot(inputs.T, self._steps[0].delta.T, out=gradient[0])
        return cost


class _LayerPass:
    """What one layer keeps between its forward and its backward pass."""

    def __init__(
        self, layer: Layer, rows: int, dtype: str, dropout: np.random.Generator | None
    ) -> None:
        self._activation = ACTIVATIONS[layer.activation]
        self._keep = 1.0 - layer.dropout
        self._dropout = dropout if layer.dropout > 0.0 else None
        # [a; 1], what the next layer reads. The row of ones is written here and never again.
        self.a = np.ones((layer.fan_out + 1, rows), dtype)
        self.delta = np.empty((layer.fan_out, rows), dtype)
        self._hidden = self.a[:-1]
        apart = self._activation.keeps_z or self._dropout is not None
        self.z = np.empty_like(self._hidden) if apart else self._hidden
        self._f = np.empty_like(self.z) if self._dropout is not None else self._hidden
        self._mask = np.empty_like(self.z) if self._dropout is not None else None

    def forward(self, matrix: Array, a: Array) -> Array:
        """[f(z); 1] for z = [W; b]ᵀ·[a; 1]."""
        np.dot(matrix.T, a, out=self.z)
        self._activation.function(self.z, self._f)
        if self._dropout is not None and self._mask is not None:
            self._draw_mask(self._dropout, self._mask)
            np.multiply(self._f, self._mask, out=self._hidden)
        return self.a

    def _draw_mask(self, generator: np.random.Generator, mask: Array) -> None:
        # Inverted dropout: what is kept is scaled up, so that predicting needs no scaling.
        generator.random(dtype=mask.dtype.type, out=mask)
        np.copyto(mask, np.where(mask < self._keep, 1.0 / self._keep, 0.0))

    def backward(self, matrix_above: Array, delta_above: Array) -> None:
        """δ = (W·δ of the layer above) ⊙ f′(z), through the same dropout mask as forward."""
        np.dot(matrix_above[:-1], delta_above, out=self.delta)
        if self._mask is not None:
            np.multiply(self.delta, self._mask, out=self.delta)
        # a has been read for the gradient of the layer above: f′ may lie in its memory.
        self._activation.derivative(self.z, self._f, self._f)
        np.multiply(self.delta, self._f, out=self.delta)
