"""A network's outputs → the service's answers, as nodes of an ONNX graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, ValueInfoProto, helper

from service.exports.contents import Array
from service.exports.onnx_columns import OUTPUTS, ROWS
from service.exports.onnx_graph import DOUBLE, FLOAT, INTEGER, Graph

PREDICTIONS, PROBABILITIES = OUTPUTS
LABEL_TYPES = {
    str: (TensorProto.STRING, object),
    bool: (TensorProto.BOOL, np.bool_),
    int: (INTEGER, np.int64),
}


def answers(
    graph: Graph, found: str, preprocessing: Mapping[str, Any], task: str
) -> list[ValueInfoProto]:
    """Add what makes answers of ŷ, (rows, outputs); gives the graph's outputs."""
    classes = preprocessing["classes"]
    if classes is None:
        return [_numbers(graph, found, preprocessing["targets"])]
    index = _index_of_two(graph, found) if task == "binary" else _index_of_many(graph, found)
    element, dtype = LABEL_TYPES[type(classes[0])]
    labels = graph.constant("classes", np.array(classes, dtype))
    graph.answer("Gather", labels, index, name=PREDICTIONS)
    return [
        helper.make_tensor_value_info(PREDICTIONS, element, [ROWS]),
        helper.make_tensor_value_info(PROBABILITIES, FLOAT, [ROWS, len(classes)]),
    ]


def _numbers(graph: Graph, found: str, targets: Sequence[Mapping[str, Any]]) -> ValueInfoProto:
    """In the targets' own units, float64: (rows,) of one target, (rows, targets) of several."""
    center = np.array([target["center"] for target in targets], np.float64)
    scale = np.array([target["scale"] for target in targets], np.float64)
    y = graph.node("Cast", found, name="outputs_float64", to=DOUBLE)
    y = graph.node("Mul", y, graph.constant("targets.scale", scale), name="unscaled")
    y = graph.node("Add", y, graph.constant("targets.center", center), name="uncentered")
    shape = [-1] if len(targets) == 1 else [-1, len(targets)]
    graph.answer("Reshape", y, graph.constant("shape", _integers(shape)), name=PREDICTIONS)
    return helper.make_tensor_value_info(PREDICTIONS, DOUBLE, [ROWS, *shape[1:]])


def _index_of_two(graph: Graph, p: str) -> str:
    """The probabilities [1 − p, p], and which class is told, (rows,): the second from ½ on."""
    one = graph.constant("one", np.array(1.0, np.float32))
    half = graph.constant("half", np.array(0.5, np.float32))
    other = graph.node("Sub", one, p, name="other_probability")
    graph.answer("Concat", other, p, name=PROBABILITIES, axis=1)
    is_second = graph.node("GreaterOrEqual", p, half, name="is_second")
    index = graph.node("Cast", is_second, name="class_indices", to=INTEGER)
    return graph.node("Reshape", index, graph.constant("flat", _integers([-1])), name="class_index")


def _index_of_many(graph: Graph, found: str) -> str:
    """The probabilities, and which class is told, (rows,): the most probable, the first of many."""
    graph.answer("Identity", found, name=PROBABILITIES)
    return graph.node("ArgMax", found, name="class_index", axis=1, keepdims=0)


def _integers(values: Sequence[int]) -> Array:
    return np.array(values, np.int64)
