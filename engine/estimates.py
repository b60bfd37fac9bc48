"""What a run will take, before it is run: parameters, memory, seconds."""

from __future__ import annotations

import math

import numpy as np

from engine.metrics import RANKED_NUMBERS
from engine.network import layers_of
from engine.network import parameter_count as count_parameters
from engine.path import most_points
from engine.problem import EVALUATION_ROWS
from engine.spec import TrainingSpec

# Vectors of the parameters' length that a run holds at most: the weights, their gradient, the
# epoch's mean gradient, the last finite and the best weights, two of the step rule, one to spare.
PARAMETER_VECTORS = 8

# Bytes for each row beside the data: while a column is read and filled, or for an epoch's order and
# the classes that are true and named; and, while classes are scored, for ranking the rows by one of
# them (`metrics.roc_auc`).
BYTES_A_ROW = 40
RANKING_BYTES_A_ROW = 56
# Vectors of one block's outputs that are held at once while it is scored, in float64.
SCORED_VECTORS = 6

# Orders of magnitude of one core of a current server, for estimates only.
FLOPS_PER_SECOND = 3e10
NUMBERS_PER_SECOND = 5e8
SECONDS_PER_STEP = 3e-5
SECONDS_PER_LAYER_STEP = 1e-5


def parameter_count(spec: TrainingSpec, features: int, outputs: int) -> int:
    """The number of weights and biases."""
    return count_parameters(layers_of(spec.network, features, outputs))


def memory_bytes(spec: TrainingSpec, rows: int, features: int, outputs: int) -> int:
    """The most a run holds at once: its data, 8 vectors of the parameters and those of its path,
    two batches; or, in the end, what its scores take.
    """
    layers = layers_of(spec.network, features, outputs)
    batch = min(spec.batch_size or rows, rows)
    numbers = rows * (features + 1 + outputs)
    size = count_parameters(layers)
    numbers += (PARAMETER_VECTORS + min(most_points(size, spec.dtype), spec.epochs + 1)) * size
    numbers += 2 * batch * (features + 1 + sum(2 * layer.fan_out + 1 for layer in layers))
    itemsize = np.dtype(spec.dtype).itemsize
    return numbers * itemsize + rows * BYTES_A_ROW + _scoring_bytes(spec, rows, outputs, itemsize)


def _scoring_bytes(spec: TrainingSpec, rows: int, outputs: int, itemsize: int) -> int:
    """What scores take beside the data: blocks of outputs; of classes all outputs of some of them,
    the ranks of one, and the confusion matrix.
    """
    block = min(rows, max(spec.batch_size or EVALUATION_ROWS, EVALUATION_ROWS))
    taken = SCORED_VECTORS * block * max(2, outputs) * np.dtype(np.float64).itemsize
    if spec.task == "regression":
        return taken
    together = min(outputs, max(1, RANKED_NUMBERS // rows))
    taken += together * rows * itemsize + rows * RANKING_BYTES_A_ROW
    return taken + 2 * max(2, outputs) ** 2 * np.dtype(np.int64).itemsize


def seconds(spec: TrainingSpec, rows: int, features: int, outputs: int) -> float:
    """About how long all epochs take on one core; a guide, not a promise."""
    layers = layers_of(spec.network, features, outputs)
    parameters = count_parameters(layers)
    steps = math.ceil(rows / min(spec.batch_size or rows, rows))
    width = {"float32": 1.0, "float64": 2.0}[spec.dtype]
    products = 6.0 * parameters * rows * width / FLOPS_PER_SECOND
    activations = 10.0 * rows * sum(layer.fan_out for layer in layers) * width
    updates = 12.0 * parameters * steps * width
    overhead = steps * (SECONDS_PER_STEP + SECONDS_PER_LAYER_STEP * len(layers))
    return spec.epochs * (products + (activations + updates) / NUMBERS_PER_SECOND + overhead)
