"""Every "auto" and every default that depends on the data, made concrete."""

from __future__ import annotations

import dataclasses

import numpy as np

from engine.constraints import LEARNING_RATES, OUTPUT_COSTS, TASK_OUTPUTS
from engine.learning_rate import one_cycle_ends
from engine.preprocessing import Table
from engine.spec import OptimizerSpec, Schedule, TrainingSpec, ValidationSpec

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


def fill(spec: TrainingSpec, table: Table) -> TrainingSpec:
    """`spec` with nothing left open, for `table`. Only for a spec and data without faults."""
    task = task_of(spec, table)
    output = output_of(spec, task)
    cost = OUTPUT_COSTS[output][0] if spec.cost == "auto" else spec.cost
    return dataclasses.replace(
        spec,
        task=task,
        network=dataclasses.replace(spec.network, output=output, init=_init(spec)),
        cost=cost,
        training_cost=_training_cost(spec, table),
        optimizer=_optimizer(spec.optimizer),
        validation=_validation(spec, table),
    )


def output_of(spec: TrainingSpec, task: str) -> str:
    """The output: as said, else the task's natural one (a sigmoid where the cost needs it)."""
    if spec.network.output != "auto":
        return spec.network.output
    return "sigmoid" if spec.cost == "binary_cross_entropy" else TASK_OUTPUTS[task][0]


def task_of(spec: TrainingSpec, table: Table) -> str:
    """The task: as said; else as the output or the cost implies; else as the targets look."""
    if spec.task != "auto":
        return spec.task
    if spec.network.output == "softmax" or spec.cost == "cross_entropy":
        return "multiclass"
    looks = _look_of(table)
    if spec.network.output in ("linear", "tanh"):
        return "regression"
    if spec.network.output == "sigmoid" or spec.cost == "binary_cross_entropy":
        return "binary" if looks == "binary" else "regression"
    return looks


def _look_of(table: Table) -> str:
    """Text and booleans are classes; so are whole numbers 0 … k − 1 with a small k."""
    if isinstance(table.targets, tuple):
        return "binary" if len(set(table.targets)) == 2 else "multiclass"
    if table.targets.shape[1] > 1:
        return "regression"
    values = np.unique(table.targets)
    counted = 2 <= len(values) <= MAX_COUNTED_CLASSES
    if counted and np.array_equal(values, np.arange(len(values))):
        return "binary" if len(values) == 2 else "multiclass"
    return "regression"


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
    kept = _validation(spec, table)
    return table.rows - (round(table.rows * kept.fraction) if kept else 0)


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
