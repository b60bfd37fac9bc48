"""One step laid open, on what a body holds: nothing is read from elsewhere, nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.constraints import OUTPUT_COSTS
from engine.data_faults import shape_faults
from engine.errors import Fault
from engine.faults import faults
from engine.network import layers_of, parameter_count
from engine.spec import NetworkSpec, TrainingSpec
from engine.trace import MAX_PARAMETERS, StepTrace, trace
from service.errors import Invalid
from service.schemas.step_reading import INPUTS, TARGETS, StepReading, read_step
from service.schemas.steps import AUTO

Array = NDArray[np.float64]

# Shares that were written with a few digits add up to 1 to within this.
ROUNDING = 1e-6


def take(body: Any) -> StepTrace:
    """The step that a body asks for; raises Invalid with every fault."""
    reading = read_step(body)
    found = [*reading.faults, *_fit_faults(reading)]
    if found:
        raise Invalid(found)
    assert reading.hidden is not None
    assert reading.inputs is not None
    output, cost = _head(reading)
    network = NetworkSpec(reading.hidden, output, weights=reading.weights)
    inputs, targets = np.array(reading.inputs, np.float64), _targets(reading)
    return trace(network, cost, inputs, targets, reading.learning_rate)


def _fit_faults(reading: StepReading) -> Iterator[Fault]:
    """Where parts that are sound by themselves do not fit one another."""
    yield from _dropout_faults(reading)
    yield from _row_faults(reading)
    if reading.output is None or reading.cost is None:
        return
    network = NetworkSpec((), reading.output)
    unfit = faults(TrainingSpec(network=network, cost=reading.cost))
    yield from unfit
    if unfit:
        return
    yield from _shape_faults(reading)
    yield from _target_faults(reading)


def _dropout_faults(reading: StepReading) -> Iterator[Fault]:
    for index, layer in enumerate(reading.hidden or ()):
        if layer.dropout:
            pointer = f"/network/hidden/{index}/dropout"
            yield Fault(pointer, "must be 0: a step that is laid open leaves no unit out")


def _row_faults(reading: StepReading) -> Iterator[Fault]:
    if reading.inputs is None or reading.targets is None:
        return
    rows, targets = len(reading.inputs), len(reading.targets)
    if rows != targets:
        detail = f"must hold one entry for each of the {rows} rows of inputs, not {targets}"
        yield Fault(TARGETS, detail, (INPUTS,))


def _head(reading: StepReading) -> tuple[str, str]:
    """Output and cost, each the natural one of the other where only that is named."""
    assert reading.output is not None
    assert reading.cost is not None
    output, cost = reading.output, reading.cost
    if output == AUTO:
        fitting = (each for each, costs in OUTPUT_COSTS.items() if cost in (AUTO, *costs))
        output = next(fitting)
    return output, OUTPUT_COSTS[output][0] if cost == AUTO else cost


def _shape_faults(reading: StepReading) -> Iterator[Fault]:
    """Whether the weights lead from the inputs through the hidden layers to the targets."""
    if reading.inputs is None or reading.targets is None:
        return
    if reading.hidden is None or reading.weights is None:
        return
    features, outputs = len(reading.inputs[0]), _outputs(reading)
    layers = layers_of(NetworkSpec(reading.hidden), features, outputs)
    yield from shape_faults(reading.weights, layers)
    parameters = parameter_count(layers)
    if parameters > MAX_PARAMETERS:
        detail = f"has {parameters} weights and biases; {MAX_PARAMETERS} are the most of a step"
        yield Fault("/network", detail)


def _outputs(reading: StepReading) -> int:
    assert reading.targets is not None
    if isinstance(reading.targets[0], list):
        return len(reading.targets[0])
    if _are_classes(reading) and reading.weights:
        return len(reading.weights[-1].biases)
    return 1


def _are_classes(reading: StepReading) -> bool:
    """Whether the targets are a class's index for each row."""
    flat = reading.targets is not None and not isinstance(reading.targets[0], list)
    return flat and _head(reading)[0] == "softmax"


def _target_faults(reading: StepReading) -> Iterator[Fault]:
    """Whether the targets are of the kind that the cost is made for."""
    if reading.targets is None:
        return
    if _are_classes(reading):
        if reading.weights is not None:
            yield from _class_faults(reading.targets, _outputs(reading))
        return
    targets = _targets(reading)
    _, cost = _head(reading)
    if cost in ("binary_cross_entropy", "cross_entropy"):
        outside = np.any((targets < 0.0) | (targets > 1.0), axis=1)
        for row in np.flatnonzero(outside):
            yield Fault(f"{TARGETS}/{row}", f"must be from 0 to 1 for {cost}")
        if cost == "cross_entropy":
            off = ~outside & (np.abs(targets.sum(axis=1) - 1.0) > ROUNDING)
            for row in np.flatnonzero(off):
                yield Fault(f"{TARGETS}/{row}", "must add up to 1: a share for each class")


def _class_faults(indices: list[float], classes: int) -> Iterator[Fault]:
    for row, index in enumerate(indices):
        if index not in range(classes):
            yield Fault(f"{TARGETS}/{row}", f"must be the index of a class, 0 to {classes - 1}")


def _targets(reading: StepReading) -> Array:
    """(rows, outputs)"""
    assert reading.targets is not None
    if _are_classes(reading):
        return np.asarray(np.eye(_outputs(reading))[np.array(reading.targets, int)])
    return np.array(reading.targets, np.float64).reshape(len(reading.targets), -1)
