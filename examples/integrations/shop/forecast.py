"""How long a parcel will take by a model that was fetched as JSON: no service, no numpy.

The network is what the shop asked for: a hidden layer of tanh, one number out. For any other see
predict_by_hand.py among the examples, and docs/models.md.
"""

from __future__ import annotations

from math import tanh
from typing import Any

from .orders import Parcel

FORMAT = ("descentd-model", 1)


def readable(model: Any) -> bool:
    """Whether this module knows how to read it."""
    kinds = [layer["activation"] for layer in model["layers"]]
    return (model["format"], model["format_version"]) == FORMAT and kinds == ["tanh", "linear"]


def days(model: Any, parcel: Parcel) -> float:
    row = parcel.row()
    preprocessing = model["preprocessing"]
    inputs = [x for each in preprocessing["features"] for x in _encoded(each, row[each["name"]])]
    hidden, output = model["layers"]
    (answer,) = _weighted(output, [tanh(z) for z in _weighted(hidden, inputs)])
    (target,) = preprocessing["targets"]
    return float(answer * target["scale"] + target["center"])


def _encoded(feature: Any, value: Any) -> list[float]:
    """One input for a number, one for each category of a text; the shop's orders lack nothing."""
    if feature["kind"] == "text":
        return [float(value == category) for category in feature["categories"]]
    return [(value - feature["center"]) / feature["scale"]]


def _weighted(layer: Any, inputs: list[float]) -> list[float]:
    units = zip(zip(*layer["weights"], strict=True), layer["biases"], strict=True)
    return [bias + sum(w * a for w, a in zip(ws, inputs, strict=True)) for ws, bias in units]
