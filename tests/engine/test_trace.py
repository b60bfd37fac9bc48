"""A step laid open, against the worked example and the independent cost."""

import numpy as np
import oracle
import pytest

from engine.constraints import OUTPUT_COSTS
from engine.spec import HiddenLayer, LayerWeights, NetworkSpec
from engine.trace import trace


def network(output="linear", activation="tanh"):
    weights = (
        LayerWeights(((0.1, 0.2), (0.3, -0.1)), (0.05, -0.05)),
        LayerWeights(((0.5, 0.3), (-0.6, 0.2)), (0.1, 0.0)),
    )
    return NetworkSpec(hidden=(HiddenLayer(2, activation),), output=output, weights=weights)


INPUTS = np.array([[1.0, 2.0], [0.5, -1.5], [2.0, 0.1]])
TARGETS = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
FLAT = np.array([0.1, 0.2, 0.3, -0.1, 0.05, -0.05, 0.5, 0.3, -0.6, 0.2, 0.1, 0.0])


@pytest.mark.parametrize("output", list(OUTPUT_COSTS))
def test_every_number_agrees_with_the_independent_cost(output):
    cost = OUTPUT_COSTS[output][0]
    found = trace(network(output), cost, INPUTS, TARGETS, 0.1)

    def independent(flat):
        return oracle.cost(flat, (2, 2, 2), ("tanh",), output, cost, INPUTS, TARGETS)

    slope = oracle.central_differences(independent, FLAT)
    gradient = [
        number
        for layer in found.layers
        for part in (layer.weights_gradient.reshape(-1), layer.biases_gradient)
        for number in part.tolist()
    ]
    after = np.concatenate(
        [part for layer in found.layers for part in (layer.weights.reshape(-1), layer.biases)]
    )
    assert gradient == pytest.approx(slope.tolist(), abs=1e-8)
    assert after == pytest.approx(FLAT - 0.1 * slope, abs=1e-8)
    assert found.cost == pytest.approx(independent(FLAT), rel=1e-12)
    assert found.cost_after == pytest.approx(independent(after), rel=1e-12)
    assert found.cost_after < found.cost
    assert found.gradient_check < 1e-8


def test_the_forward_pass_by_hand():
    first = trace(network(), "mse", INPUTS, TARGETS, 0.1).layers[0]
    # 0.1·1 + 0.3·2 + 0.05 and 0.2·1 − 0.1·2 − 0.05
    assert first.weighted_inputs[0].tolist() == pytest.approx([0.75, -0.05])
    assert first.activations[0].tolist() == pytest.approx(np.tanh([0.75, -0.05]).tolist())


@pytest.mark.parametrize(("rows", "outputs"), [(3, 1), (1, 2), (1, 1), (3, 2)])
def test_the_weighted_inputs_of_the_output_are_not_its_activations(rows, outputs):
    weights = (LayerWeights(((1.0,) * outputs, (2.0,) * outputs), (0.5,) * outputs),)
    inputs, targets = np.ones((rows, 2)), np.zeros((rows, outputs))
    found = trace(NetworkSpec((), "sigmoid", weights=weights), "mse", inputs, targets, 0.1)
    (layer,) = found.layers
    assert layer.weighted_inputs.tolist() == [[3.5] * outputs] * rows
    # 1 / (1 + e^−3.5)
    assert layer.activations == pytest.approx(np.full((rows, outputs), 0.9706877692486436))


def test_deltas_are_the_slope_of_the_cost_by_z():
    """A bias moves the z of every example alike: ∂J/∂b is the sum of the deltas."""
    for layer in trace(network(activation="gelu"), "mse", INPUTS, TARGETS, 0.1).layers:
        assert layer.deltas.sum(axis=0) == pytest.approx(layer.biases_gradient)


def test_nothing_to_descend_checks_as_zero():
    weights = (LayerWeights(((0.0,), (0.0,)), (0.0,)),)
    flat = NetworkSpec(hidden=(), output="linear", weights=weights)
    found = trace(flat, "mse", INPUTS, np.zeros((3, 1)), 0.1)
    assert found.gradient_check == 0.0
    assert found.cost == found.cost_after == 0.0
