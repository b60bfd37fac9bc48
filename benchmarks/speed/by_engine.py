"""The shapes trained by the engine, and by its backprop and descent alone."""

from __future__ import annotations

import numpy as np

from benchmarks.speed.shapes import LEARNING_RATE, Rows, Shape
from engine.batches import batches, row_order
from engine.descent import rule_of
from engine.gathering import GatheredBatch
from engine.network import random_parameters, views
from engine.problem import Problem
from engine.records import Examples, TrainingData
from engine.spec import TrainingSpec, from_dict
from engine.training import Training, always

DTYPE = "float32"


def spec_of(shape: Shape, epochs: int) -> TrainingSpec:
    """The filled specification of so many epochs, without validation rows."""
    return from_dict(
        {
            "task": "multiclass" if shape.classifies else "regression",
            "network": {
                "hidden": [{"units": units, "activation": "relu"} for units in shape.hidden],
                "output": "softmax" if shape.classifies else "linear",
                "init": "he_uniform",
            },
            "cost": "cross_entropy" if shape.classifies else "mse",
            "training_cost": "running" if shape.batch_size else "exact",
            "optimizer": {"kind": "adam", "learning_rate": LEARNING_RATE},
            "epochs": epochs,
            "batch_size": shape.batch_size,
            "dtype": DTYPE,
            "validation": None,
        }
    )


def train(shape: Shape, rows: Rows, epochs: int) -> None:
    """All that a job does in the engine: every epoch with its record."""
    data = TrainingData(Examples.of(rows.inputs, rows.targets, DTYPE))
    records = list(Training(spec_of(shape, epochs), data).records())
    assert records[-1].epoch == epochs


def step_only(shape: Shape, rows: Rows, epochs: int) -> None:
    """The same batches, stepped with nothing gathered for a history: no sums, norms, accuracy."""
    spec = spec_of(shape, epochs)
    examples = Examples.of(rows.inputs, rows.targets, DTYPE)
    problem = Problem(spec, examples.features, examples.outputs, always)
    generator = np.random.default_rng(0)
    parameters = random_parameters(problem.layers, spec.network.init, generator, DTYPE)
    gradient = np.empty_like(parameters)
    parts, gradient_parts = views(problem.layers, parameters), views(problem.layers, gradient)
    rule = rule_of(spec.optimizer, problem.size, DTYPE)
    size = min(shape.batch_rows, shape.rows)
    workspaces = {
        count: GatheredBatch(problem, examples, count, None)
        for count in {size, shape.rows % size or size}
    }
    for _ in range(epochs):
        for chosen in batches(row_order(shape.rows, generator), size):
            workspaces[len(chosen)].cost_and_gradient(parts, chosen, gradient_parts)
            rule.step(parameters, gradient, LEARNING_RATE)
