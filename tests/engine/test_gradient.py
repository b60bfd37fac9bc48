"""Backpropagation against central differences of an independent cost."""

from itertools import pairwise

import numpy as np
import oracle
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.backprop import Backprop
from engine.constraints import OUTPUT_COSTS
from engine.costs import head_of
from engine.network import layers_of, parameter_count, views
from engine.penalties import Penalties
from engine.records import Examples
from engine.spec import HiddenLayer, NetworkSpec

PAIRS = [(output, cost) for output, costs in OUTPUT_COSTS.items() for cost in costs]


def draw_problem(generator, sizes, output, rows):
    inputs = generator.normal(size=(rows, sizes[0]))
    if output == "softmax":
        targets = np.eye(sizes[-1])[generator.integers(0, sizes[-1], rows)]
    elif output == "sigmoid":
        targets = generator.integers(0, 2, (rows, sizes[-1])).astype(float)
    else:
        targets = generator.normal(size=(rows, sizes[-1]))
    flat = generator.normal(scale=0.7, size=sum((i + 1) * o for i, o in pairwise(sizes)))
    return inputs, targets, flat


def engine_gradient(sizes, activations, output, cost, inputs, targets, flat, l1, l2, weights):
    hidden = tuple(HiddenLayer(n, a) for n, a in zip(sizes[1:-1], activations, strict=True))
    layers = layers_of(NetworkSpec(hidden=hidden), sizes[0], sizes[-1])
    assert parameter_count(layers) == len(flat)
    examples = Examples.of(inputs, targets, "float64", weights)
    backprop = Backprop(layers, head_of(output, cost), len(inputs), "float64")
    gradient = np.empty_like(flat)
    parts, slopes = views(layers, flat), views(layers, gradient)
    total = backprop.cost_and_gradient(
        parts, examples.inputs, examples.targets, slopes, examples.weights
    )
    penalties = Penalties(l1, l2)
    penalties.add_gradient(parts, slopes)
    return total / len(inputs) + penalties.cost(parts), gradient


def gradient_error(seed, sizes, activations, output, cost, rows, l1=0.0, l2=0.0, weighted=False):
    generator = np.random.default_rng(seed)
    inputs, targets, flat = draw_problem(generator, sizes, output, rows)
    counts = generator.integers(0, 4, rows) + np.eye(rows)[0] if weighted else None
    z, nearest = oracle.forward(flat, sizes, activations, inputs)
    # Across a kink there is no derivative for a difference quotient to find.
    error = np.abs(oracle.OUTPUTS[output](z) - targets)
    distances = [
        nearest if oracle.KINKED & set(activations) else 1,
        error.min() if cost == "mae" else 1,
        np.abs(error - 1).min() if cost == "huber" else 1,
        np.abs(flat).min() if l1 else 1,
    ]
    if min(distances) < 1e-3:
        return None

    def independent(at):
        weights = counts / counts.mean() if weighted else None
        return oracle.cost(at, sizes, activations, output, cost, inputs, targets, l1, l2, weights)

    found, gradient = engine_gradient(
        sizes, activations, output, cost, inputs, targets, flat, l1, l2, counts
    )
    assert found == pytest.approx(independent(flat), rel=1e-12, abs=1e-14)
    expected = oracle.central_differences(independent, flat)
    scale = np.linalg.norm(gradient) + np.linalg.norm(expected)
    return np.linalg.norm(gradient - expected) / scale if scale > 1e-4 else None


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("output", "cost"), PAIRS)
@pytest.mark.parametrize("activation", list(oracle.ACTIVATIONS))
def test_every_activation_with_every_cost_that_fits(activation, output, cost, weighted):
    draws = (
        gradient_error(seed, (3, 5, 3), (activation,), output, cost, rows=6, weighted=weighted)
        for seed in range(20)
    )
    errors = [error for error in draws if error is not None]
    assert len(errors) >= 5
    assert max(errors) < 1e-6


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    seed=st.integers(0, 2**32 - 1),
    features=st.integers(1, 5),
    hidden=st.lists(
        st.tuples(st.integers(1, 6), st.sampled_from(list(oracle.ACTIVATIONS))), max_size=4
    ),
    outputs=st.integers(1, 4),
    pair=st.sampled_from(PAIRS),
    rows=st.integers(1, 9),
    l1=st.sampled_from([0.0, 0.01]),
    l2=st.sampled_from([0.0, 0.3]),
    weighted=st.booleans(),
)
def test_random_networks(seed, features, hidden, outputs, pair, rows, l1, l2, weighted):
    sizes = (features, *(units for units, _ in hidden), outputs)
    names = tuple(name for _, name in hidden)
    error = gradient_error(seed, sizes, names, *pair, rows, l1, l2, weighted)
    assume(error is not None)
    assert error < 1e-6
