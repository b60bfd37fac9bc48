"""An ONNX graph while it grows: nodes, constants, and a name of its own for each value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from onnx import NodeProto, TensorProto, helper, numpy_helper

from service.exports.contents import Array

FLOAT = TensorProto.FLOAT
DOUBLE = TensorProto.DOUBLE
INTEGER = TensorProto.INT64


class Graph:
    """`taken` are the names of the graph's own inputs and outputs, which nothing else may have."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self._taken = set(taken)

    def constant(self, name: str, values: Array) -> str:
        """Add a constant; gives the name it got."""
        own = self._own(name)
        self.constants.append(numpy_helper.from_array(values, own))
        return own

    def node(self, operator: str, *inputs: str, name: str, **attributes: Any) -> str:
        """Add a node; gives the name its output got."""
        own = self._own(name)
        self._add(operator, inputs, own, attributes)
        return own

    def answer(self, operator: str, *inputs: str, name: str, **attributes: Any) -> str:
        """Add the node whose output is the graph's own output `name`."""
        self._add(operator, inputs, name, attributes)
        return name

    def _add(
        self, operator: str, inputs: Iterable[str], output: str, attributes: dict[str, Any]
    ) -> None:
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))

    def _own(self, name: str) -> str:
        own, count = name, 1
        while own in self._taken:
            count += 1
            own = f"{name}_{count}"
        self._taken.add(own)
        return own
