"""The shapes trained by JAX: a whole epoch, its batches and its report, is one compiled function.

What numpy can do without compiling is left to numpy: the starting weights and the order of rows.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.speed.shapes import LEARNING_RATE, Rows, Shape

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8

# Weights and biases by layer; Adam's two moments alike, and the steps taken.
Parameters = list[tuple[Any, Any]]
State = tuple[Parameters, Parameters, Parameters, Any]


def train(shape: Shape, rows: Rows, epochs: int) -> None:
    """Compiles anew each time, as any new process would."""
    jax.clear_caches()
    generator = np.random.default_rng(0)
    epoch = jax.jit(epoch_of(shape), donate_argnums=0)
    state = _start(shape, generator)
    targets = rows.targets if rows.classes is None else rows.classes.astype(np.int32)
    data = jax.device_put((rows.inputs, targets))
    for _ in range(epochs):
        order = generator.permutation(shape.rows).astype(np.int32)
        state, report = epoch(state, order, *data)
        assert len([float(figure) for figure in report]) == 3


def epoch_of(shape: Shape) -> Callable[..., tuple[State, tuple[Any, Any, Any]]]:
    """(state, order, inputs, targets) → (state, (cost, accuracy, gradient norm))."""
    size = min(shape.batch_rows, shape.rows)
    whole = shape.rows // size * size
    step = _step_of(shape)

    def epoch(state: State, order: Any, inputs: Any, targets: Any) -> Any:
        def one(carried: Any, chosen: Any) -> Any:
            return step(*carried, inputs[chosen], targets[chosen]), None

        zero = jax.tree.map(jnp.zeros_like, state[0])
        carried = (state, (jnp.float32(0), jnp.int32(0), zero))
        if shape.batch_size is None:
            carried = step(*carried, inputs, targets)
        else:
            carried, _ = jax.lax.scan(one, carried, order[:whole].reshape(-1, size))
        if whole < shape.rows:
            carried, _ = one(carried, order[whole:])
        state, (cost, right, total) = carried
        squares = sum(jnp.vdot(part, part) for part in jax.tree.leaves(total))
        report = (cost / shape.rows, right / shape.rows, jnp.sqrt(squares) / shape.rows)
        return state, report

    return epoch


def _step_of(shape: Shape) -> Callable[..., Any]:
    def cost_of(parameters: Parameters, inputs: Any, targets: Any) -> Any:
        outputs = _outputs(parameters, inputs)
        if not shape.classifies:
            return jnp.mean((outputs - targets) ** 2), jnp.int32(0)
        logarithms = jax.nn.log_softmax(outputs)
        chosen = jnp.take_along_axis(logarithms, targets[:, None], axis=1)
        return -jnp.mean(chosen), jnp.sum(outputs.argmax(1) == targets, dtype=jnp.int32)

    def step(state: State, met: Any, inputs: Any, targets: Any) -> Any:
        cost, right, total = met
        compute = jax.value_and_grad(cost_of, has_aux=True)
        (batch_cost, batch_right), gradient = compute(state[0], inputs, targets)
        rows = len(inputs)
        total = jax.tree.map(lambda sum_, part: sum_ + rows * part, total, gradient)
        met = (cost + rows * batch_cost, right + batch_right, total)
        return _adam(state, gradient), met

    return step


def _outputs(parameters: Parameters, inputs: Any) -> Any:
    activations = inputs
    for weights, biases in parameters[:-1]:
        activations = jax.nn.relu(activations @ weights + biases)
    weights, biases = parameters[-1]
    return activations @ weights + biases


def _adam(state: State, gradient: Any) -> State:
    parameters, first, second, count = state
    count = count + 1
    first = jax.tree.map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, first, gradient)
    second = jax.tree.map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, second, gradient)
    of_first, of_second = 1 - BETA_1**count, 1 - BETA_2**count

    def moved(w: Any, m: Any, v: Any) -> Any:
        return w - LEARNING_RATE * (m / of_first) / (jnp.sqrt(v / of_second) + EPSILON)

    return jax.tree.map(moved, parameters, first, second), first, second, count


def _start(shape: Shape, generator: np.random.Generator) -> State:
    parameters: Parameters = []
    for fan_in, fan_out in pairwise(shape.widths):
        weights = generator.normal(0.0, (2.0 / fan_in) ** 0.5, (fan_in, fan_out))
        parameters.append((weights.astype(np.float32), np.zeros(fan_out, np.float32)))
    first, second = (jax.tree.map(np.zeros_like, parameters) for _ in range(2))
    return parameters, first, second, np.float32(0)
