"""Costs by hand, and at the edge of what numbers can hold."""

import math

import numpy as np
import pytest

from engine.activations import ACTIVATIONS
from engine.constraints import OUTPUT_COSTS
from engine.costs import head_of
from engine.error_function import erfc

PAIRS = [(output, cost) for output, costs in OUTPUT_COSTS.items() for cost in costs]


def summed(output, cost, z, targets):
    return head_of(output, cost).cost(np.array(z, float), np.array(targets, float))


def test_mse_has_no_half():
    assert summed("linear", "mse", [[1.0, 3.0]], [[0.0, 0.0]]) == pytest.approx(10.0)


def test_mse_is_a_mean_over_outputs():
    assert summed("linear", "mse", [[1.0], [3.0]], [[0.0], [0.0]]) == pytest.approx(5.0)


def test_mae_and_huber():
    assert summed("linear", "mae", [[0.5, -3.0]], [[0.0, 0.0]]) == pytest.approx(3.5)
    # ½·0.25 inside, 3 − ½ outside.
    assert summed("linear", "huber", [[0.5, -3.0]], [[0.0, 0.0]]) == pytest.approx(0.125 + 2.5)


def test_cross_entropies_of_even_odds_are_log_2_nats():
    even = math.log(2)
    assert summed("sigmoid", "binary_cross_entropy", [[0.0]], [[1.0]]) == pytest.approx(even)
    assert summed("softmax", "cross_entropy", [[0.0], [0.0]], [[1.0], [0.0]]) == pytest.approx(even)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("output", "cost"), PAIRS)
def test_saturated_outputs_stay_finite_and_silent(output, cost, dtype):
    z = np.array([[1e4, -1e4, 1e4], [-1e4, 1e4, 1e4]], dtype)
    targets = np.array([[1, 1, 0], [0, 0, 1]], dtype)
    delta = np.empty_like(z)
    found = head_of(output, cost).cost_and_delta(z, targets, delta)
    assert math.isfinite(found)
    assert np.isfinite(delta).all()


def test_a_certain_and_right_answer_costs_exactly_nothing_more_than_its_tail():
    found = summed("sigmoid", "binary_cross_entropy", [[30.0, -30.0]], [[1.0, 0.0]])
    assert found == pytest.approx(2 * math.exp(-30), rel=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_activations_of_huge_numbers_are_finite_and_silent(name, dtype):
    z = np.array([[-1e4, -30.0, 0.0, 30.0, 1e4]], dtype)
    a, slope = np.empty_like(z), np.empty_like(z)
    ACTIVATIONS[name].function(z, a)
    ACTIVATIONS[name].derivative(z, a, slope)
    assert a.dtype == slope.dtype == dtype
    assert np.isfinite(a).all()
    assert np.isfinite(slope).all()


def test_relu_has_no_slope_at_zero():
    z, slope = np.zeros((1, 1)), np.ones((1, 1))
    ACTIVATIONS["relu"].derivative(z, z, slope)
    assert slope[0, 0] == 0.0


def test_erfc_against_the_standard_library():
    x = np.linspace(-8.0, 25.0, 4001)
    expected = [math.erfc(value) for value in x]
    assert erfc(x).tolist() == pytest.approx(expected, rel=1e-12, abs=0.0)
