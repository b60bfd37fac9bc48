"""Predicts by hand: a model saved as JSON, a row of raw columns, and nothing but Python.

    curl -s http://127.0.0.1:8000/v1/jobs/job_…/model -o model.json
    python examples/predict_by_hand.py model.json '{"island": "Dream", "bill_length_mm": null}'

A missing value is null, a date is seconds since 1970-01-01T00:00:00Z. Answers the probability of
each class, or the number for each target. `encoded` and `predict` are all there is to it.
"""

from __future__ import annotations

import json
import sys
from math import erf, exp, expm1, log1p, sqrt, tanh
from operator import mul
from pathlib import Path
from typing import Any

ACTIVATIONS = {
    "linear": lambda z: z,
    "sigmoid": lambda z: 0.5 + 0.5 * tanh(z / 2),
    "tanh": tanh,
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: max(z, 0.01 * z),
    "elu": lambda z: z if z > 0 else expm1(z),
    "selu": lambda z: 1.0507009873554805 * (z if z > 0 else 1.6732632423543772 * expm1(z)),
    "gelu": lambda z: z * (0.5 + 0.5 * erf(z / sqrt(2))),
    "silu": lambda z: z * (0.5 + 0.5 * tanh(z / 2)),
    "softplus": lambda z: max(z, 0.0) + log1p(exp(-abs(z))),
    "softmax": exp,  # divided by their sum in the end
}


def encoded(feature: Any, value: Any) -> list[float]:
    value = feature["fill"] if value is None else value
    if feature["kind"] == "text":
        is_category = [float(value == category) for category in feature["categories"]]
        return is_category + [float(value is None)] * feature["missing"]
    return [(value - feature["center"]) / feature["scale"]]


def predict(model: Any, row: Any) -> dict[Any, float]:
    about = model["preprocessing"]
    a = [x for feature in about["features"] for x in encoded(feature, row[feature["name"]])]
    for layer in model["layers"]:
        units = zip(zip(*layer["weights"], strict=True), layer["biases"], strict=True)
        z = [sum(map(mul, a, weights)) + bias for weights, bias in units]
        highest = max(z) if layer["activation"] == "softmax" else 0.0
        a = [ACTIVATIONS[layer["activation"]](number - highest) for number in z]
    if about["classes"] is None:
        named = zip(about["targets"], a, strict=True)
        return {target["name"]: y * target["scale"] + target["center"] for target, y in named}
    shares = [1 - a[0], a[0]] if len(a) == 1 else [y / sum(a) for y in a]
    return dict(zip(about["classes"], shares, strict=True))


if __name__ == "__main__":
    file, row = sys.argv[1:]
    answer = predict(json.loads(Path(file).read_text(encoding="utf-8")), json.loads(row))
    for name, number in answer.items():
        print(f"{json.dumps(name, ensure_ascii=False)}: {number}")
