"""Starting weights in a job's body: their form. Whether they fit the network is told later.

Not by pydantic, which would make an error object for each of a million wrong numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.constraints import MAX_HIDDEN_LAYERS
from engine.errors import Fault
from service.schemas.numbers import number_faults
from service.schemas.pointers import joined

MEMBERS = ("weights", "biases")
JOB = "job"
MAX_LAYERS = MAX_HIDDEN_LAYERS + 1
ROW = {"type": "array", "minItems": 1, "items": {"type": "number"}}
LAYERS_SCHEMA = {
    "type": "array",
    "maxItems": MAX_LAYERS,
    "items": {
        "type": "object",
        "properties": {
            "weights": {
                "type": "array",
                "minItems": 1,
                "items": ROW,
                "description": "`fan_in` rows of `fan_out` numbers.",
            },
            "biases": {**ROW, "description": "`fan_out` numbers."},
        },
        "required": list(MEMBERS),
        "additionalProperties": False,
    },
}
JOB_SCHEMA = {
    "type": "object",
    "description": "Go on from the model of this job, with its preprocessing.",
    "properties": {JOB: {"type": "string"}},
    "required": [JOB],
    "additionalProperties": False,
}
SCHEMA = {"anyOf": [LAYERS_SCHEMA, JOB_SCHEMA, {"type": "null"}]}


def weights_faults(weights: Any, pointer: str) -> Iterator[Fault]:
    """Every fault in the form of `weights`: None, {"job"}, or [{"weights", "biases"}, …]."""
    if isinstance(weights, dict):
        yield from _job_faults(weights, pointer)
    elif isinstance(weights, list):
        yield from layers_faults(weights, pointer)
    elif weights is not None:
        yield Fault(pointer, "must be an array of layers, an object that names a job, or null")


def _job_faults(weights: dict[str, Any], pointer: str) -> Iterator[Fault]:
    for name in weights.keys() - {JOB}:
        yield Fault(joined(pointer, name), "is not a known field")
    if JOB not in weights:
        yield Fault(joined(pointer, JOB), "is required")
    elif not isinstance(weights[JOB], str):
        yield Fault(joined(pointer, JOB), "must be the id of a job")


def layers_faults(layers: list[Any], pointer: str) -> Iterator[Fault]:
    """Every fault in the form of weights that are given layer by layer."""
    if len(layers) > MAX_LAYERS:
        yield Fault(pointer, f"must be an array of at most {MAX_LAYERS} layers")
        return
    for index, layer in enumerate(layers):
        yield from _layer_faults(layer, joined(pointer, index))


def _layer_faults(layer: Any, pointer: str) -> Iterator[Fault]:
    if not isinstance(layer, dict):
        yield Fault(pointer, "must be an object")
        return
    for name in layer.keys() - set(MEMBERS):
        yield Fault(joined(pointer, name), "is not a known field")
    for name in MEMBERS:
        if name not in layer:
            yield Fault(joined(pointer, name), "is required")
    if "weights" in layer:
        yield from _matrix_faults(layer["weights"], joined(pointer, "weights"))
    if "biases" in layer:
        yield from _row_faults(layer["biases"], joined(pointer, "biases"))


def _matrix_faults(rows: Any, pointer: str) -> Iterator[Fault]:
    if not isinstance(rows, list) or not rows:
        yield Fault(pointer, "must be an array of at least one row")
        return
    for index, row in enumerate(rows):
        yield from _row_faults(row, joined(pointer, index))


def _row_faults(row: Any, pointer: str) -> Iterator[Fault]:
    if not isinstance(row, list) or not row:
        yield Fault(pointer, "must be an array of at least one number")
        return
    yield from number_faults(row, pointer)
