"""Every "auto" and every default that depends on the data, made concrete."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np

from engine.constraints import LEARNING_RATES, OUTPUT_COSTS, TASK_OUTPUTS
from engine.learning_rate import one_cycle_ends
from engine.preprocessing import Preprocessing
from engine.roles import Roles, roles_of
from engine.spec import OptimizerSpec, Schedule, TrainingSpec, ValidationSpec
from engine.table import Column, Kind, Table

# Whole numbers 0 … k − 1 are taken for classes up to this k.
MAX_COUNTED_CLASSES = 20
ROWS_TO_VALIDATE = 50
VALIDATION_FRACTION = 0.2

_INITS = {
    "relu": "he_uniform",
    "leaky_relu": "he_uniform",
    "elu": "he_uniform",
    "gelu": "he_uniform",
    "silu": "he_uniform",
    "softplus": "he_uniform",
    "selu": "lecun_normal",
}


class Guess(NamedTuple):
    """What was taken for a task, and why, in a sentence."""

    task: str
    reason: str


def fill(
    spec: TrainingSpec, table: Table, preprocessing: Preprocessing | None = None
) -> TrainingSpec:
    """`spec` with nothing left open, for `table`. Only for a spec and data without faults.

    `preprocessing` is that of the model to go on from, if there is one.
    """
    roles = roles_of(spec, table, preprocessing.roles if preprocessing else None)
    task = guess(spec, table, roles).task
    output = output_of(spec, task)
    cost = OUTPUT_COSTS[output][0] if spec.cost == "auto" else spec.cost
    return dataclasses.replace(
        spec,
        target=roles.targets[0] if len(roles.targets) == 1 else roles.targets,
        features=roles.features,
        task=task,
        network=dataclasses.replace(spec.network, output=output, init=_init(spec)),
        cost=cost,
        training_cost=_training_cost(spec, table),
        optimizer=_optimizer(spec.optimizer),
        validation=_validation(spec, table),
    )


def reasons(
    spec: TrainingSpec, table: Table, preprocessing: Preprocessing | None = None
) -> dict[str, str]:
    """Why what `spec` leaves open is filled as it is: a sentence by the pointer to it."""
    roles = roles_of(spec, table, preprocessing.roles if preprocessing else None)
    found = {}
    if spec.target is None:
        found["/target"] = _why_target(table, roles, preprocessing)
    if spec.task == "auto":
        found["/task"] = guess(spec, table, roles).reason
    if spec.validation == "auto":
        found["/validation"] = _why_validation(table.rows)
    return found


def _why_validation(rows: int) -> str:
    if rows < ROWS_TO_VALIDATE:
        return f"There are {rows} rows, fewer than {ROWS_TO_VALIDATE}: all are trained on."
    return f"There are {rows} rows, {ROWS_TO_VALIDATE} or more: a part is validated on."


def _why_target(table: Table, roles: Roles, known: Preprocessing | None) -> str:
    if known is not None and roles.targets == known.roles.targets:
        return "It is that of the model to go on from."
    if table.targets:
        return "The dataset says so."
    return "It is the last column."


def output_of(spec: TrainingSpec, task: str) -> str:
    """The output: as said, else the task's natural one (a sigmoid where the cost needs it)."""
    if spec.network.output != "auto":
        return spec.network.output
    return "sigmoid" if spec.cost == "binary_cross_entropy" else TASK_OUTPUTS[task][0]


def task_of(spec: TrainingSpec, table: Table, roles: Roles) -> str:
    """The task: as said; else as the output or the cost implies; else as the targets look."""
    return guess(spec, table, roles).task


def guess(spec: TrainingSpec, table: Table, roles: Roles) -> Guess:
    """The task, and why it is the one."""
    if spec.task != "auto":
        return Guess(spec.task, "It was asked for.")
    output, cost = spec.network.output, spec.cost
    if output == "softmax":
        return Guess("multiclass", "The output softmax answers classes.")
    if cost == "cross_entropy":
        return Guess("multiclass", "The cost cross_entropy is of classes.")
    if output in ("linear", "tanh"):
        return Guess("regression", f"The output {output} answers numbers.")
    looks = _look_of(table, roles)
    if output == "sigmoid" or cost == "binary_cross_entropy":
        return looks if looks.task == "binary" else Guess("regression", _SHARES)
    return looks


_SHARES = "The targets are not two classes, and a sigmoid can answer numbers from 0 to 1."


def _look_of(table: Table, roles: Roles) -> Guess:
    """Text and booleans are classes; so are whole numbers 0 … k − 1 with a small k."""
    if len(roles.targets) > 1:
        return Guess("regression", f"There are {len(roles.targets)} targets.")
    column = table.column(roles.targets[0])
    distinct = np.unique(column.values)
    if column.kind in (Kind.TEXT, Kind.BOOLEAN):
        what = "text" if column.kind is Kind.TEXT else "true and false"
        return _of_classes(len(distinct), f"The target {column.name!r} is {what}")
    counted = 2 <= len(distinct) <= MAX_COUNTED_CLASSES
    if counted and np.array_equal(distinct, np.arange(len(distinct))):
        last = len(distinct) - 1
        return _of_classes(len(distinct), f"The target {column.name!r} counts from 0 to {last}")
    return Guess("regression", _why_numbers(column, len(distinct)))


def _of_classes(count: int, look: str) -> Guess:
    if count == 2:
        return Guess("binary", f"{look}: two classes.")
    return Guess("multiclass", f"{look}: {count} classes.")


def _why_numbers(column: Column, distinct: int) -> str:
    return (
        f"The target {column.name!r} is a number with {distinct} values that are not 0, 1, 2 … "
        f"up to at most {MAX_COUNTED_CLASSES - 1}: they are quantities, not classes."
    )


def _init(spec: TrainingSpec) -> str:
    if spec.network.init != "auto":
        return spec.network.init
    first = spec.network.hidden[0].activation if spec.network.hidden else "linear"
    return _INITS.get(first, "glorot_uniform")


def _training_cost(spec: TrainingSpec, table: Table) -> str:
    if spec.training_cost != "auto":
        return spec.training_cost
    rate = spec.optimizer.learning_rate
    if isinstance(rate, Schedule) and rate.kind == "adaptive":
        return "exact"
    whole = spec.batch_size is None or spec.batch_size >= _training_rows(spec, table)
    dropout = any(layer.dropout for layer in spec.network.hidden)
    return "exact" if whole and not dropout else "running"


def _training_rows(spec: TrainingSpec, table: Table) -> int:
    mark, kept = spec.validation_column, _validation(spec, table)
    if mark is not None:
        return table.rows - int(np.count_nonzero(table.column(mark).values))
    share = kept.fraction if kept is not None and kept.fraction is not None else 0.0
    return table.rows - round(table.rows * share)


def _optimizer(optimizer: OptimizerSpec) -> OptimizerSpec:
    rate = optimizer.learning_rate
    if rate is None:
        rate = LEARNING_RATES[optimizer.kind]
    elif isinstance(rate, Schedule) and rate.kind == "one_cycle":
        peak, final = one_cycle_ends(rate)
        rate = dataclasses.replace(rate, options={**rate.options, "peak": peak, "final": final})
    return dataclasses.replace(optimizer, learning_rate=rate)


def _validation(spec: TrainingSpec, table: Table) -> ValidationSpec | None:
    if spec.validation != "auto":
        return spec.validation
    return ValidationSpec(VALIDATION_FRACTION) if table.rows >= ROWS_TO_VALIDATE else None
