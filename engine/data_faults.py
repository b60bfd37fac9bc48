"""What a table says against a specification: every fault at once, before anything is trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from engine.constraints import OUTPUT_COSTS, TASK_OUTPUTS
from engine.errors import Fault
from engine.filling import output_of, task_of
from engine.network import Layer, layers_of
from engine.preprocessing import Preprocessing, Table, classes_of
from engine.spec import JobWeights, LayerWeights, TrainingSpec, ValidationSpec

MAX_CLASSES = 1_000
# Twice this is still a number: differences of columns must not overflow.
LARGEST_NUMBER = 1e300

_RANGES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}


def data_faults(
    spec: TrainingSpec, table: Table, preprocessing: Preprocessing | None = None
) -> list[Fault]:
    """Every fault of a spec that has none by itself, on this table; with a `preprocessing` that
    was fitted before, against that.
    """
    if table.rows == 0:
        return [Fault("/dataset", "has no rows")]
    if max(_largest(table.inputs), _largest(table.targets)) > LARGEST_NUMBER:
        return [
            Fault("/dataset", f"holds a number beyond ±{LARGEST_NUMBER:g}, which cannot be scaled")
        ]
    task = task_of(spec, table)
    if preprocessing is not None:
        found = list(preprocessing.faults(table))
    else:
        found = list(_target_faults(spec, table, task))
    if not found:
        found = [*_fit_faults(spec, table, task), *_weights_faults(spec, table, task)]
    if isinstance(spec.validation, ValidationSpec) and table.rows < 2:
        found.append(Fault("/validation", "needs at least 2 rows, to train and to validate on"))
    return found


def output_count(task: str, table: Table) -> int:
    """How many outputs a network for this task and table has."""
    if task == "binary":
        return 1
    if task == "multiclass":
        return len(classes_of(table.targets))
    assert not isinstance(table.targets, tuple)
    return int(table.targets.shape[1])


def _largest(numbers: object) -> float:
    return float(np.max(np.abs(numbers), initial=0.0)) if isinstance(numbers, np.ndarray) else 0.0


def _target_faults(spec: TrainingSpec, table: Table, task: str) -> Iterator[Fault]:
    """Whether the targets are of the kind that the task needs."""
    if task == "regression":
        if isinstance(table.targets, tuple):
            yield Fault(_source(spec), "needs targets that are numbers, these are classes")
        return
    if not isinstance(table.targets, tuple):
        if table.targets.shape[1] > 1:
            yield Fault(_source(spec), f"{task} needs one target, not {table.targets.shape[1]}")
            return
        if not np.array_equal(table.targets, np.round(table.targets)):
            yield Fault(_source(spec), f"{task} needs targets that are classes: whole numbers")
            return
    found = len(classes_of(table.targets))
    if task == "binary" and found != 2:
        yield Fault(_source(spec), f"binary needs targets of 2 classes, these have {found}")
    elif found < 2:
        yield Fault("/dataset", "needs targets of at least 2 classes, these have 1")
    elif found > MAX_CLASSES:
        yield Fault("/dataset", f"has {found} classes, {MAX_CLASSES} are the most")


def _source(spec: TrainingSpec) -> str:
    """What decided the task, and so what is at odds with the data."""
    if spec.task != "auto":
        return "/task"
    if spec.network.output != "auto":
        return "/network/output"
    return "/cost" if spec.cost != "auto" else "/dataset"


def _fit_faults(spec: TrainingSpec, table: Table, task: str) -> Iterator[Fault]:
    """Whether output, cost and targets fit one another."""
    output = output_of(spec, task)
    if output not in TASK_OUTPUTS[task]:
        fitting = " or ".join(TASK_OUTPUTS[task])
        yield Fault("/network/output", f"does not fit the task {task}, which takes {fitting}")
        return
    if spec.cost != "auto" and spec.cost not in OUTPUT_COSTS[output]:
        fitting = ", ".join(OUTPUT_COSTS[output])
        yield Fault(
            "/cost", f"does not fit the {task} targets and their output {output}: {fitting} do"
        )
    if task == "regression" and output in _RANGES:
        low, high = _RANGES[output]
        if np.min(table.targets) < low or np.max(table.targets) > high:
            yield Fault(
                "/network/output",
                f"{output} reaches only from {low:g} to {high:g}, and some targets lie outside",
            )


def _weights_faults(spec: TrainingSpec, table: Table, task: str) -> Iterator[Fault]:
    """Whether given starting weights have the network's shape."""
    weights = spec.network.weights
    if weights is None or isinstance(weights, JobWeights):
        return
    layers = layers_of(spec.network, table.inputs.shape[1], output_count(task, table))
    yield from shape_faults(weights, layers)


def shape_faults(weights: Sequence[LayerWeights], layers: Sequence[Layer]) -> Iterator[Fault]:
    """Where given `weights` have not the shape of `layers`."""
    if len(weights) != len(layers):
        yield Fault("/network/weights", f"needs {len(layers)} layers, these are {len(weights)}")
        return
    for index, (layer, given) in enumerate(zip(layers, weights, strict=True)):
        yield from _layer_faults(f"/network/weights/{index}", layer.fan_in, layer.fan_out, given)


def _layer_faults(pointer: str, fan_in: int, fan_out: int, given: LayerWeights) -> Iterator[Fault]:
    if len(given.weights) != fan_in or any(len(row) != fan_out for row in given.weights):
        yield Fault(f"{pointer}/weights", f"must be {fan_in} rows of {fan_out} numbers")
    if len(given.biases) != fan_out:
        yield Fault(f"{pointer}/biases", f"must be {fan_out} numbers")
