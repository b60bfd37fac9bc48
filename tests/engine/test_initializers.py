"""Mean and variance of 10⁵ draws against those of the papers."""

import numpy as np
import pytest

from engine.initializers import INITIALIZERS
from engine.network import layers_of, random_parameters, views
from engine.spec import HiddenLayer, NetworkSpec

FAN_IN, FAN_OUT = 250, 400
VARIANCES = {
    "glorot_uniform": 2 / 650,
    "glorot_normal": 2 / 650,
    "he_uniform": 2 / 250,
    "he_normal": 2 / 250,
    "lecun_normal": 1 / 250,
    "normal": 0.0025,
    "uniform": 0.0025 / 3,
    "zeros": 0.0,
}


@pytest.mark.parametrize("name", list(INITIALIZERS))
def test_mean_and_variance(name):
    weights = INITIALIZERS[name](np.random.default_rng(7), FAN_IN, FAN_OUT)
    assert weights.shape == (FAN_IN, FAN_OUT)
    variance = VARIANCES[name]
    assert abs(weights.mean()) <= 4 * (variance / weights.size) ** 0.5
    # The variance of a variance estimate is at most 2σ⁴/n: the normal distribution's.
    assert weights.var() == pytest.approx(variance, rel=4 * (2 / weights.size) ** 0.5)
    if "uniform" in name:
        assert np.abs(weights).max() <= (3 * variance) ** 0.5


def test_biases_start_at_zero_and_both_dtypes_at_the_same_point():
    layers = layers_of(NetworkSpec(hidden=(HiddenLayer(5),)), 3, 2)
    one, other = (
        random_parameters(layers, "he_normal", np.random.default_rng(1), dtype)
        for dtype in ("float32", "float64")
    )
    assert one.tolist() == other.astype(np.float32).tolist()
    for matrix in views(layers, other):
        assert not matrix[-1].any()
        assert matrix[:-1].all()
