"""An independent reading of the contract: plain float64 numpy, rows as examples, no sharing.

Slow and obvious on purpose. It shares no code with the engine, so that a formula that is wrong in
one of them shows as a difference.
"""

import math
from itertools import pairwise

import numpy as np

erf = np.vectorize(math.erf)

ACTIVATIONS = {
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "relu": lambda z: np.where(z > 0, z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "elu": lambda z: np.where(z > 0, z, np.exp(z) - 1),
    "selu": lambda z: 1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * (np.exp(z) - 1)),
    "gelu": lambda z: z * 0.5 * (1 + erf(z / math.sqrt(2))),
    "silu": lambda z: z / (1 + np.exp(-z)),
    "softplus": lambda z: np.log(1 + np.exp(z)),
}
KINKED = {"relu", "leaky_relu", "elu", "selu"}

OUTPUTS = {
    "linear": lambda z: z,
    "sigmoid": ACTIVATIONS["sigmoid"],
    "tanh": ACTIVATIONS["tanh"],
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
}

COSTS = {
    "mse": lambda y, t: np.mean((y - t) ** 2),
    "mae": lambda y, t: np.mean(np.abs(y - t)),
    "huber": lambda y, t: np.mean(
        np.where(np.abs(y - t) <= 1, 0.5 * (y - t) ** 2, np.abs(y - t) - 0.5)
    ),
    "binary_cross_entropy": lambda y, t: np.mean(-t * np.log(y) - (1 - t) * np.log(1 - y)),
    "cross_entropy": lambda y, t: -np.sum(t * np.log(y)) / len(t),
}


def unflatten(flat, sizes):
    """[(weights (fan_in, fan_out), biases (fan_out,)), …] of a flat vector in contract order."""
    layers, at = [], 0
    for fan_in, fan_out in pairwise(sizes):
        weights = flat[at : at + fan_in * fan_out].reshape(fan_in, fan_out)
        at += fan_in * fan_out
        layers.append((weights, flat[at : at + fan_out]))
        at += fan_out
    return layers


def forward(flat, sizes, activations, inputs):
    """The last layer's z, and the smallest |z| any hidden unit met."""
    a, nearest = inputs, np.inf
    layers = unflatten(flat, sizes)
    for (weights, biases), name in zip(layers[:-1], activations, strict=True):
        z = a @ weights + biases
        nearest = min(nearest, np.abs(z).min())
        a = ACTIVATIONS[name](z)
    weights, biases = layers[-1]
    return a @ weights + biases, nearest


def cost(flat, sizes, activations, output, name, inputs, targets, l1=0.0, l2=0.0, weights=None):
    """J with penalties, as the contract words it; weighted, the mean of each row's J by itself."""
    z, _ = forward(flat, sizes, activations, inputs)
    y = OUTPUTS[output](z)
    if weights is None:
        total = COSTS[name](y, targets)
    else:
        rows = range(len(y))
        each = [COSTS[name](y[row : row + 1], targets[row : row + 1]) for row in rows]
        total = sum(weight * one for weight, one in zip(weights, each, strict=True)) / len(y)
    for weights, _biases in unflatten(flat, sizes):
        total += 0.5 * l2 * np.sum(weights**2) + l1 * np.sum(np.abs(weights))
    return total


def central_differences(function, flat, step=1e-5):
    """∂function/∂flat, one component at a time."""
    slope = np.empty_like(flat)
    for index in range(len(flat)):
        there, back = flat.copy(), flat.copy()
        there[index] += step
        back[index] -= step
        slope[index] = (function(there) - function(back)) / (2 * step)
    return slope
