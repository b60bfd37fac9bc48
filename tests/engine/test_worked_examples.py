"""Backpropagation and each step rule against numbers worked by hand."""

import math

import numpy as np
import pytest

from engine.descent import clip, rule_of
from engine.records import Examples, TrainingData
from engine.spec import OptimizerSpec, from_dict
from engine.training import Training


def test_one_step_on_a_2_2_1_network():
    """x = (1, 2), y = 1; sigmoid hidden units, a linear output, mse, α = ½.

    z¹ = (0.1·1 + 0.3·2 + 0.05, 0.2·1 − 0.1·2 − 0.05) = (0.75, −0.05); a¹ = σ(z¹)
    ŷ = 0.5·a₁ − 0.6·a₂ + 0.1;  J = (ŷ − 1)²;  δ² = 2(ŷ − 1)
    ∂J/∂W² = δ²·a¹, ∂J/∂b² = δ²;  δ¹ᵢ = W²ᵢ·δ²·aᵢ(1 − aᵢ);  ∂J/∂W¹ = x·δ¹, ∂J/∂b¹ = δ¹
    """
    a1, a2 = 1 / (1 + math.exp(-0.75)), 1 / (1 + math.exp(0.05))
    answer = 0.5 * a1 - 0.6 * a2 + 0.1
    delta = 2 * (answer - 1)
    d1, d2 = 0.5 * delta * a1 * (1 - a1), -0.6 * delta * a2 * (1 - a2)
    expected = [
        0.1 - 0.5 * d1,
        0.2 - 0.5 * d2,
        0.3 - 0.5 * 2 * d1,
        -0.1 - 0.5 * 2 * d2,
        0.05 - 0.5 * d1,
        -0.05 - 0.5 * d2,
        0.5 - 0.5 * delta * a1,
        -0.6 - 0.5 * delta * a2,
        0.1 - 0.5 * delta,
    ]
    spec = from_dict(
        {
            "task": "regression",
            "network": {
                "hidden": [{"units": 2, "activation": "sigmoid"}],
                "output": "linear",
                "weights": [
                    {"weights": [[0.1, 0.2], [0.3, -0.1]], "biases": [0.05, -0.05]},
                    {"weights": [[0.5], [-0.6]], "biases": [0.1]},
                ],
            },
            "cost": "mse",
            "optimizer": {"kind": "gradient_descent", "learning_rate": 0.5},
            "epochs": 1,
            "batch_size": None,
            "dtype": "float64",
            "validation": None,
        }
    )
    data = TrainingData(Examples.of(np.array([[1.0, 2.0]]), np.array([[1.0]]), "float64"))
    training = Training(spec, data)
    first, _ = training.records()
    assert first.cost == pytest.approx((answer - 1) ** 2, rel=1e-12)
    assert training.outcome.parameters.tolist() == pytest.approx(expected, rel=1e-12)


G1, G2 = np.array([0.5, -2.0]), np.array([1.0, 1.0])
START = np.array([1.0, -1.0])


def adam_by_hand(betas, steps):
    """The textbook form with both moments and both corrections, on Python floats."""
    b1, b2 = betas
    out = []
    for start, gradients in zip(START, zip(*steps, strict=True), strict=True):
        w, m, v = start, 0.0, 0.0
        for t, g in enumerate(gradients, start=1):
            m = b1 * m + (1 - b1) * g
            v = b2 * v + (1 - b2) * g * g
            w -= 0.1 * (m / (1 - b1**t)) / (math.sqrt(v / (1 - b2**t)) + 1e-8)
        out.append(w)
    return out


# Two steps with α = 0.1 from (1, −1) along G1 and then G2.
BY_HAND = {
    "gradient_descent": ({}, [1 - 0.05 - 0.1, -1 + 0.2 - 0.1]),
    "momentum": (
        {"momentum": 0.9, "nesterov": False},
        # v₁ = g₁, v₂ = 0.9·g₁ + g₂ = (1.45, −0.8)
        [1 - 0.05 - 0.145, -1 + 0.2 + 0.08],
    ),
    "nesterov": (
        {"momentum": 0.9, "nesterov": True},
        # steps g₁ + 0.9·v₁ = 1.9·g₁ = (0.95, −3.8), then g₂ + 0.9·v₂ = (2.305, 0.28)
        [1 - 0.095 - 0.2305, -1 + 0.38 - 0.028],
    ),
    "adagrad": (
        {"epsilon": 1e-10},
        [1 - 0.1 - 0.1 / math.sqrt(1.25), -1 + 0.1 - 0.1 / math.sqrt(5)],
    ),
    "rmsprop": (
        {"smoothing": 0.5, "epsilon": 1e-8},
        # s₁ = ½g₁² = (0.125, 2), s₂ = ½s₁ + ½ = (0.5625, 1.5)
        [
            1 - 0.05 / math.sqrt(0.125) - 0.1 / 0.75,
            -1 + 0.2 / math.sqrt(2) - 0.1 / math.sqrt(1.5),
        ],
    ),
    "adam": (
        {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8},
        adam_by_hand((0.9, 0.999), (G1, G2)),
    ),
}


@pytest.mark.parametrize("name", list(BY_HAND))
def test_two_steps_of_each_rule(name):
    options, expected = BY_HAND[name]
    kind = "momentum" if name == "nesterov" else name
    rule = rule_of(OptimizerSpec(kind, 0.1, options), 2, "float64")
    parameters = START.copy()
    rule.step(parameters, G1.copy(), 0.1)
    rule.step(parameters, G2.copy(), 0.1)
    assert parameters.tolist() == pytest.approx(expected, rel=1e-7)


def test_adamw_decays_weights_and_not_biases():
    """With a gradient of zero only the decay is left: w·(1 − α·λ)."""
    options = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, "weight_decay": 0.2}
    rule = rule_of(OptimizerSpec("adamw", 0.1, options), 2, "float64", np.array([1.0, 0.0]))
    parameters = START.copy()
    rule.step(parameters, np.zeros(2), 0.1)
    assert parameters.tolist() == pytest.approx([0.98, -1.0], rel=1e-12)


def test_nadam_first_step():
    """μ₁ = 0.9(1 − ½·0.96^0.004), μ₂ likewise with 0.008; m = 0.1·g; v̂ = g².

    The step is α·(μ₂·m/(1 − μ₁μ₂) + (1 − μ₁)·g/(1 − μ₁)) / |g|, whose second term is α·sign(g).
    """
    options = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-12, "momentum_decay": 0.004}
    rule = rule_of(OptimizerSpec("nadam", 0.1, options), 2, "float64")
    parameters = START.copy()
    rule.step(parameters, G1.copy(), 0.1)
    mu1, mu2 = (0.9 * (1 - 0.5 * 0.96 ** (t * 0.004)) for t in (1, 2))
    length = 0.1 * (mu2 * 0.1 / (1 - mu1 * mu2) + 1)
    assert parameters.tolist() == pytest.approx([1 - length, -1 + length], rel=1e-9)


def test_clipping_shortens_and_never_lengthens():
    gradient = np.array([3.0, 4.0])
    clip(gradient, 5.0, 10.0)
    assert gradient.tolist() == [3.0, 4.0]
    clip(gradient, 5.0, 1.0)
    assert gradient.tolist() == pytest.approx([0.6, 0.8])


def test_a_rule_walks_long_vectors_in_stretches_as_it_walks_short_ones():
    generator = np.random.default_rng(3)
    parameters, gradient = generator.normal(size=(2, 100_000))
    options = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}
    whole = parameters.copy()
    rule_of(OptimizerSpec("adam", 0.1, options), 100_000, "float64").step(whole, gradient, 0.1)
    one = parameters[70_000:70_001].copy()
    rule_of(OptimizerSpec("adam", 0.1, options), 1, "float64").step(
        one, gradient[70_000:70_001], 0.1
    )
    assert whole[70_000] == one[0]
