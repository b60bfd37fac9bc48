"""A network's layers as nodes of an ONNX graph, in float32."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.activations import LEAKY_SLOPE, SELU_ALPHA, SELU_SCALE
from service.errors import Conflict
from service.exports.contents import Array, LayerContents
from service.exports.onnx_graph import Graph

# Activations that are one operator; `linear` and `silu` are none and two.
OPERATORS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
    "relu": ("Relu", {}),
    "leaky_relu": ("LeakyRelu", {"alpha": LEAKY_SLOPE}),
    "elu": ("Elu", {"alpha": 1.0}),
    "selu": ("Selu", {"alpha": SELU_ALPHA, "gamma": SELU_SCALE}),
    "gelu": ("Gelu", {}),
    "softplus": ("Softplus", {}),
    "softmax": ("Softmax", {"axis": 1}),
}


def outputs(graph: Graph, inputs: str, layers: Sequence[LayerContents]) -> str:
    """Add every layer upon the network's inputs, (rows, fan_in); gives ŷ, (rows, outputs)."""
    a = inputs
    for index, layer in enumerate(layers):
        name = f"layers.{index}"
        weights = graph.constant(f"{name}.weights", _float32(layer.weights))
        biases = graph.constant(f"{name}.biases", _float32(layer.biases))
        z = graph.node("Gemm", a, weights, biases, name=f"{name}.weighted_inputs")
        a = _activated(graph, z, layer.activation, f"{name}.activations")
    return a


def _activated(graph: Graph, z: str, activation: str, name: str) -> str:
    if activation == "linear":
        return z
    if activation == "silu":
        share = graph.node("Sigmoid", z, name=f"{name}.sigmoid")
        return graph.node("Mul", z, share, name=name)
    operator, attributes = OPERATORS[activation]
    return graph.node(operator, z, name=name, **attributes)


def _float32(values: Array) -> Array:
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    if not np.all(np.isfinite(single)):
        raise Conflict("The model has weights too large for float32, which ONNX files are in.")
    return single
