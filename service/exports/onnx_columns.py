"""Raw columns as inputs of an ONNX graph, and the nodes that make a network's inputs of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from onnx import TensorProto, ValueInfoProto, helper

from service.exports.contents import Array
from service.exports.onnx_graph import DOUBLE, FLOAT, Graph

ROWS = "rows"
OUTPUTS = ("predictions", "probabilities")
TEXT = "text"
UNITS = {
    "number": "a number",
    "boolean": "0 or 1",
    "date": "seconds since 1970-01-01T00:00:00Z",
}


@dataclass(frozen=True, slots=True)
class ColumnInput:
    """One raw column, (rows, 1), as the graph takes it; `feature` is what was fitted to it."""

    name: str
    feature: Mapping[str, Any]

    @property
    def is_text(self) -> bool:
        return bool(self.feature["kind"] == TEXT)

    @property
    def missing_text(self) -> str:
        """The text that stands for a missing value: empty, unless that is a category."""
        text = ""
        while text in self.feature["categories"]:
            text += "?"
        return text

    def described(self) -> ValueInfoProto:
        """The graph's input."""
        kind = TensorProto.STRING if self.is_text else DOUBLE
        unit = "a text" if self.is_text else UNITS[self.feature["kind"]]
        missing = f"{self.missing_text!r}" if self.is_text else "NaN"
        words = f"Column {self.feature['name']!r}: {unit}; {missing} where it is missing."
        return helper.make_tensor_value_info(self.name, kind, [ROWS, 1], doc_string=words)


def column_inputs(features: Sequence[Mapping[str, Any]]) -> list[ColumnInput]:
    """The inputs in the order of `features`, each by its column's name.

    A column without a name, or with the name of an output, gets another.
    """
    names = [feature["name"] for feature in features]
    taken = {*OUTPUTS, *names}
    inputs = []
    for name, feature in zip(names, features, strict=True):
        own = name
        if not name or name in OUTPUTS:
            own = _free(name or "column", taken)
            taken.add(own)
        inputs.append(ColumnInput(own, feature))
    return inputs


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def network_inputs(graph: Graph, columns: Sequence[ColumnInput]) -> str:
    """Add what fills, scales and encodes the columns; gives the float32 (rows, fan_in)."""
    parts: list[str] = []
    for is_text, group in groupby(columns, key=lambda column: column.is_text):
        if is_text:
            parts += [_one_hot(graph, column) for column in group]
        else:
            parts.append(_scaled(graph, list(group)))
    return _beside(graph, parts, "network_inputs")


def _scaled(graph: Graph, columns: Sequence[ColumnInput]) -> str:
    """(x − center) / scale of neighbouring columns, a missing x filled before, in float64."""
    x = _beside(graph, [column.name for column in columns], "numbers")
    fill = _row(column.feature["fill"] for column in columns)
    if not np.all(np.isnan(fill)):
        missing = graph.node("IsNaN", x, name="is_missing")
        x = graph.node("Where", missing, graph.constant("fill", fill), x, name="filled")
    center = _row(column.feature["center"] for column in columns)
    scale = _row(column.feature["scale"] for column in columns)
    x = graph.node("Sub", x, graph.constant("center", center), name="centered")
    x = graph.node("Div", x, graph.constant("scale", scale), name="scaled")
    return graph.node("Cast", x, name="scaled_float32", to=FLOAT)


def _row(values: Iterable[float | None]) -> Array:
    """(1, values) float64, NaN for None: what is not filled stays missing."""
    return np.array([[np.nan if value is None else value for value in values]], np.float64)


def _one_hot(graph: Graph, column: ColumnInput) -> str:
    """A text equals one category or none: unseen, it leaves all its inputs 0."""
    name, text = column.feature["name"], column.name
    if column.feature["fill"] is not None:
        missing = graph.constant(f"{name}.missing", _texts([column.missing_text]))
        fill = graph.constant(f"{name}.fill", _texts([column.feature["fill"]]))
        is_missing = graph.node("Equal", text, missing, name=f"{name}.is_missing")
        text = graph.node("Where", is_missing, fill, text, name=f"{name}.filled")
    categories = graph.constant(f"{name}.categories", _texts([list(_categories(column))]))
    equal = graph.node("Equal", text, categories, name=f"{name}.equal")
    return graph.node("Cast", equal, name=f"{name}.one_hot", to=FLOAT)


def _categories(column: ColumnInput) -> Iterator[str]:
    """The texts that have an input each."""
    yield from column.feature["categories"]
    if column.feature["missing"]:
        yield column.missing_text


def _texts(texts: Any) -> Array:
    return np.array(texts, object)


def _beside(graph: Graph, parts: Sequence[str], name: str) -> str:
    """The parts, (rows, some) each, as one."""
    return parts[0] if len(parts) == 1 else graph.node("Concat", *parts, name=name, axis=1)
