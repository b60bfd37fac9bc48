"""What a run will take, before it is run: parameters, memory, seconds."""

from __future__ import annotations

import math

import numpy as np

from engine.network import layers_of
from engine.network import parameter_count as count_parameters
from engine.spec import TrainingSpec

# Vectors of the parameters' length that a run holds at most: the weights, their gradient, the
# epoch's mean gradient, the last finite and the best weights, two of the step rule, one to spare.
PARAMETER_VECTORS = 8

# Orders of magnitude of one core of a current server, for estimates only.
FLOPS_PER_SECOND = 3e10
NUMBERS_PER_SECOND = 5e8
SECONDS_PER_STEP = 3e-5
SECONDS_PER_LAYER_STEP = 1e-5


def parameter_count(spec: TrainingSpec, features: int, outputs: int) -> int:
    """The number of weights and biases."""
    return count_parameters(layers_of(spec.network, features, outputs))


def memory_bytes(spec: TrainingSpec, rows: int, features: int, outputs: int) -> int:
    """The most a run holds at once: its data, 8 vectors of the parameters, two batches."""
    layers = layers_of(spec.network, features, outputs)
    batch = min(spec.batch_size or rows, rows)
    numbers = rows * (features + 1 + outputs)
    numbers += PARAMETER_VECTORS * count_parameters(layers)
    numbers += 2 * batch * (features + 1 + sum(2 * layer.fan_out + 1 for layer in layers))
    return numbers * np.dtype(spec.dtype).itemsize


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
