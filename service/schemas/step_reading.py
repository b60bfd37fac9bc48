"""The body of a step → what it asks for, and every fault of its form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from engine.errors import Fault
from engine.spec import HiddenLayer, LayerWeights
from engine.trace import MAX_ROWS
from service.inline_data import matrix_faults
from service.schemas.crowds import crowd_faults
from service.schemas.faults import MAX_FAULTS, validated, whole_faults
from service.schemas.numbers import number_faults
from service.schemas.pointers import lies_under
from service.schemas.steps import AUTO, LEARNING_RATE, StepBody
from service.schemas.weights import layers_faults

NETWORK, INPUTS, TARGETS, COST = "/network", "/inputs", "/targets", "/cost"
HIDDEN, OUTPUT, WEIGHTS = "/network/hidden", "/network/output", "/network/weights"


@dataclass(frozen=True, slots=True)
class StepReading:
    """What was understood of a body. None stands for what is at fault."""

    hidden: tuple[HiddenLayer, ...] | None = None
    output: str | None = None
    weights: tuple[LayerWeights, ...] | None = None
    inputs: list[list[float]] | None = None
    targets: list[Any] | None = None
    cost: str | None = None
    learning_rate: float = LEARNING_RATE
    faults: tuple[Fault, ...] = ()


def read_step(body: Any) -> StepReading:
    """Read the JSON of a step's body, whatever it is."""
    if unfit := whole_faults(body):
        return StepReading(faults=tuple(unfit))
    found = [*_form_faults(body), *islice(_number_faults(body), MAX_FAULTS)]
    places = [fault.pointer for fault in found]
    network = {} if _is_touched(NETWORK, places, within=False) else body["network"]
    weights = None if _is_touched(WEIGHTS, places) else _layers(network["weights"])
    return StepReading(
        hidden=None if _is_touched(HIDDEN, places) else _hidden(network, weights),
        output=None if _is_touched(OUTPUT, places) else network.get("output", AUTO),
        weights=weights,
        inputs=None if _is_touched(INPUTS, places) else body["inputs"],
        targets=None if _is_touched(TARGETS, places) else body["targets"],
        cost=None if _is_touched(COST, places) else body.get("cost", AUTO),
        learning_rate=body.get("learning_rate", LEARNING_RATE),
        faults=tuple(found),
    )


def _is_touched(pointer: str, places: Iterable[str], within: bool = True) -> bool:
    """Whether what is there is at fault, or is part of what is, or has a part that is."""
    return lies_under(pointer, places) or (
        within and any(lies_under(place, [pointer]) for place in places)
    )


def _form_faults(body: dict[str, Any]) -> list[Fault]:
    crowded = list(crowd_faults(body, whole=("inputs", "targets")))
    places = [fault.pointer for fault in crowded]
    judged = {name: member for name, member in body.items() if f"/{name}" not in places}
    _, found = validated(StepBody, judged)
    return [*crowded, *(fault for fault in found if fault.pointer not in places)]


def _number_faults(body: dict[str, Any]) -> Iterator[Fault]:
    """What of the numbers, of which there may be many, is none."""
    network = body.get("network")
    if isinstance(network, dict) and "weights" in network:
        if isinstance(network["weights"], list):
            yield from layers_faults(network["weights"], WEIGHTS)
        else:
            yield Fault(WEIGHTS, "must be an array of layers")
    for pointer, is_matrix in ((INPUTS, True), (TARGETS, False)):
        rows = body.get(pointer[1:])
        if isinstance(rows, list) and len(rows) > MAX_ROWS:
            yield Fault(pointer, f"must hold at most {MAX_ROWS} rows, not {len(rows)}")
        elif isinstance(rows, list) and rows and not (is_matrix or isinstance(rows[0], list)):
            yield from number_faults(rows, pointer)
        elif pointer[1:] in body:
            yield from matrix_faults(rows, pointer)


def _layers(weights: list[dict[str, Any]]) -> tuple[LayerWeights, ...]:
    return tuple(
        LayerWeights(tuple(map(tuple, layer["weights"])), tuple(layer["biases"]))
        for layer in weights
    )


def _hidden(
    network: dict[str, Any], weights: tuple[LayerWeights, ...] | None
) -> tuple[HiddenLayer, ...] | None:
    """The hidden layers; where they are not given, as wide as the weights say."""
    if "hidden" in network:
        return tuple(
            HiddenLayer(**{**layer, "units": int(layer["units"])}) for layer in network["hidden"]
        )
    if weights is None:
        return None
    return tuple(HiddenLayer(len(layer.biases)) for layer in weights[:-1])
