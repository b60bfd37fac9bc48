"""What a table says against a specification: every fault at once, before anything is trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.column_faults import (
    DATASET,
    feature_faults,
    mark_faults,
    missing_faults,
    size_faults,
    target_pointer,
    target_value_faults,
    weight_faults,
)
from engine.constraints import MAX_CLASSES, MAX_INPUTS, OUTPUT_COSTS, TASK_OUTPUTS
from engine.errors import Fault
from engine.filling import fill, output_of, task_of
from engine.labels import Label, classes_of, named, written
from engine.network import Layer, layers_of
from engine.pointers import joined
from engine.preparing import VALIDATION, Source, stand_in, widths
from engine.preprocessing import Preprocessing
from engine.roles import FEATURES, Roles, role_faults, roles_of
from engine.spec import JobWeights, LayerWeights, TrainingSpec, ValidationSpec
from engine.table import Kind, Table

Array = NDArray[Any]

CLASS_WEIGHTS = "/class_weights"
_RANGES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}


def data_faults(
    spec: TrainingSpec,
    table: Table,
    preprocessing: Preprocessing | None = None,
    validation: Table | None = None,
) -> list[Fault]:
    """Every fault of a spec that has none by itself, on this table; with a `preprocessing` that
    was fitted before, against that; and of the rows of another dataset to validate on.
    """
    if table.rows == 0:
        return [Fault(DATASET, "has no rows")]
    found = role_faults(spec, table)
    if found:
        return found
    roles = roles_of(spec, table, preprocessing.roles if preprocessing else None)
    found = [*target_value_faults(spec, table, roles), *mark_faults(table, roles)]
    task = "" if found else task_of(spec, table, roles)
    if not found:
        found += _target_faults(spec, table, roles, task, preprocessing)
    source = None if found else _source(spec, table, preprocessing)
    found += _feature_faults(spec, table, roles, source, preprocessing)
    if source is None or found:
        return found
    return [
        *_fit_faults(spec, table, roles, task),
        *_split_faults(spec, source),
        *_class_weights_faults(spec, source.classes),
        *_weighing_faults(source),
        *_network_faults(spec, table, source, preprocessing),
        *_validation_faults(spec, source, preprocessing, validation),
    ]


def _source(spec: TrainingSpec, table: Table, known: Preprocessing | None) -> Source:
    return Source.of(fill(spec, table, known), table, known)


def _target_faults(
    spec: TrainingSpec, table: Table, roles: Roles, task: str, known: Preprocessing | None
) -> Iterator[Fault]:
    """Whether the targets are of the kind that the task needs."""
    if known is not None:
        yield from known.faults(table, roles)
    elif task == "regression":
        yield from _number_faults(spec, table, roles)
    elif len(roles.targets) > 1:
        yield Fault(_decider(spec), f"{task} needs one target, not {len(roles.targets)}")
    else:
        yield from _label_faults(spec, table, roles, task)


def _number_faults(spec: TrainingSpec, table: Table, roles: Roles) -> Iterator[Fault]:
    for at, column in enumerate(map(table.column, roles.targets)):
        if column.kind is not Kind.NUMBER:
            pointer = _decider(spec) if len(roles.targets) == 1 else target_pointer(spec, at)
            yield Fault(pointer, "needs targets that are numbers, these are classes")
        elif table.rows > 1 and column.values.min() == column.values.max():
            detail = f"is the same in all rows of {column.name!r}: there is nothing to learn"
            yield Fault(target_pointer(spec, at), detail)


def _label_faults(spec: TrainingSpec, table: Table, roles: Roles, task: str) -> Iterator[Fault]:
    column = table.column(roles.targets[0])
    if column.kind is Kind.NUMBER and not np.array_equal(column.values, np.round(column.values)):
        yield Fault(_decider(spec), f"{task} needs targets that are classes: whole numbers")
        return
    found, pointer = len(classes_of(column)), target_pointer(spec, 0)
    if task == "binary" and found != 2:
        yield Fault(_decider(spec), f"binary needs targets of 2 classes, these have {found}")
    elif found < 2:
        yield Fault(pointer, "needs targets of at least 2 classes, these have 1")
    elif found > MAX_CLASSES:
        yield Fault(pointer, f"has {found} classes, {MAX_CLASSES} are the most")


def _decider(spec: TrainingSpec) -> str:
    """What decided the task, and so what is at odds with the data."""
    if spec.task != "auto":
        return "/task"
    if spec.network.output != "auto":
        return "/network/output"
    return "/cost" if spec.cost != "auto" else target_pointer(spec, 0)


def _feature_faults(
    spec: TrainingSpec,
    table: Table,
    roles: Roles,
    source: Source | None,
    known: Preprocessing | None,
) -> Iterator[Fault]:
    if known is None:
        yield from feature_faults(spec, table, roles, source.parts.training if source else None)
        return
    for name in roles.features:
        yield from size_faults(table.column(name), DATASET)


def _fit_faults(spec: TrainingSpec, table: Table, roles: Roles, task: str) -> Iterator[Fault]:
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
    if task == "regression":
        yield from _range_faults(output, table, roles, "/network/output")


def _range_faults(output: str, table: Table, roles: Roles, pointer: str) -> Iterator[Fault]:
    if output not in _RANGES:
        return
    low, high = _RANGES[output]
    columns = [table.column(name).values for name in roles.targets]
    if any(column.min() < low or column.max() > high for column in columns):
        detail = f"{output} reaches only from {low:g} to {high:g}, and some targets lie outside"
        yield Fault(pointer, detail)


def _split_faults(spec: TrainingSpec, source: Source) -> Iterator[Fault]:
    """What keeps the rows from being both trained and validated on."""
    training, validation = source.parts
    counts = _counts(source, slice(None))
    if source.roles.mark is not None:
        untrained = (counts > 0) & (_counts(source, training) == 0)
        if untrained.any():
            names = named(_chosen(source.classes, untrained))
            yield Fault("/validation/column", f"leaves no row to train on of the classes {names}")
    elif _wants_a_share(spec) and source.table.rows < 2:
        yield Fault("/validation", "needs at least 2 rows, to train and to validate on")
    if source.roles.mark is None and len(validation) and (counts == 1).any():
        names = named(_chosen(source.classes, counts == 1))
        yield Fault(
            target_pointer(spec, 0),
            f"has a single row of the classes {names}, which cannot be both trained and validated "
            "on: give them more rows, leave them out, or set validation to null",
        )


def _wants_a_share(spec: TrainingSpec) -> bool:
    return isinstance(spec.validation, ValidationSpec) and spec.validation.fraction is not None


def _counts(source: Source, rows: Array | slice) -> Array:
    """How many of these rows each class has, (classes,); none without classes."""
    if source.places is None or source.classes is None:
        return np.zeros(0, int)
    return np.bincount(source.places[rows], minlength=len(source.classes))


def _chosen(classes: Sequence[Label] | None, chosen: Array) -> list[Label]:
    return [label for label, wanted in zip(classes or (), chosen, strict=True) if wanted]


def _class_weights_faults(spec: TrainingSpec, classes: Sequence[Label] | None) -> Iterator[Fault]:
    if spec.class_weights is None:
        return
    if classes is None:
        yield Fault(CLASS_WEIGHTS, "must be null for a regression, which has no classes")
    elif isinstance(spec.class_weights, Mapping):
        known = set(map(written, classes))
        for label in spec.class_weights.keys() - known:
            detail = f"is not a class of the target, which has {named(classes)}"
            yield Fault(joined(CLASS_WEIGHTS, label), detail)


def _weighing_faults(source: Source) -> Iterator[Fault]:
    parts = {"training": source.parts.training}
    if len(source.parts.validation):
        parts["validation"] = source.parts.validation
    yield from weight_faults(source.table, source.roles, parts)


def _network_faults(
    spec: TrainingSpec, table: Table, source: Source, known: Preprocessing | None
) -> Iterator[Fault]:
    """Whether the network is not too wide, and given starting weights have its shape."""
    inputs, outputs = widths(fill(spec, table, known), source, known)
    if inputs > MAX_INPUTS:
        pointer = DATASET if spec.features is None else FEATURES
        yield Fault(pointer, f"makes {inputs} inputs of the network, {MAX_INPUTS} are the most")
    weights = spec.network.weights
    if weights is not None and not isinstance(weights, JobWeights):
        yield from shape_faults(weights, layers_of(spec.network, inputs, outputs))


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


def _validation_faults(
    spec: TrainingSpec, source: Source, known: Preprocessing | None, validation: Table | None
) -> Iterator[Fault]:
    """What keeps the rows of another dataset from being validated on."""
    if validation is None:
        return
    if validation.rows == 0:
        yield Fault(VALIDATION, "has no rows")
        return
    roles = source.roles
    unfit = list((known or stand_in(source)).faults(validation, roles, VALIDATION))
    yield from unfit
    if unfit:
        return
    for name in (*roles.features, *roles.targets):
        yield from size_faults(validation.column(name), VALIDATION)
    if known is None:
        for name in roles.features:
            yield from missing_faults(spec, validation.column(name), VALIDATION)
    if source.classes is None:
        yield from _range_faults(output_of(spec, "regression"), validation, roles, VALIDATION)
    everything = {"validation": np.arange(validation.rows)}
    yield from weight_faults(validation, roles, everything, VALIDATION)
