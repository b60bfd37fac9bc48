"""Runs whose trouble is known from how they were made, to hold the diagnosis to.

The good learning rate of each set-up was found beforehand on seeds 0 to 2: of 3, 1, 0.3, … 0.0003
the least whose cost, averaged over 400 epochs, is within 0.02 × J at the start of the best. From
the curve at that rate came the two lengths: a `short` run ends while the cost is plainly falling,
a `long` one when it has been as good as level for its last third. So

    too_large    the good rate × 100, short and long
    too_small    the good rate ÷ 1000, short and long
    healthy      the good rate, short
    converged    the good rate, long
    overfitting  a large network on few rows that hold much noise, at the rate that is the
                 default, trained until it knows them by heart; validated on many more rows

Left out is what no one could name from the curve:

- An adaptive rate × 100 or ÷ 1000, which mends itself within the run.
- The short run at a rate that is planned to end at zero: there any curve levels out.
- The short run on a wave, and on moons by full batch: what a straight line can do is learnt
  within a few epochs, and then the cost pauses before it falls on.
- The short run with dropout, whose epochs differ by more than a few of them bring.
- Long runs with few rows to validate on, as some of them overfit.
"""

from __future__ import annotations

from benchmarks.labelled_data import (
    blobs,
    chance,
    flipped,
    friedman,
    iris,
    moons,
    of,
    plane,
    rings,
    spirals,
    two_waves,
    wave,
    xor,
    xor_clouds,
)
from benchmarks.labelled_runs import Labelled, Setup, body, network


def labelled_runs() -> list[Labelled]:
    """All of them, in an order that does not change."""
    setups = [*_classifications(), *_validated(), *_regressions(), *_scheduled()]
    return [run for setup in setups for run in setup.labelled()] + _memorized()


def _classifications() -> list[Setup]:
    relu, elu = network(16, activation="relu"), network(16, activation="elu")
    deep = network(16, 16, activation="leaky_relu")
    return [
        Setup("iris", iris, body(network(16), "adam", 32, l2=1e-3), 0.01, 8, 200),
        Setup("iris, linear", iris, body(network(), "momentum", None, l2=0.01), 0.1, 6, 150),
        Setup("xor", xor, body(network(8), "momentum", None), 1.0, 8, 80),
        Setup("xor clouds", xor_clouds, body(relu, "adam", 16), 0.03, 6, 80),
        Setup("moons", moons, body(network(16), "nadam", None), 0.3, None, 200),
        Setup("moons, deep", moons, body(deep, "nadam", 32), 0.01, 5, 150),
        Setup("rings", rings, body(relu, "adagrad", 16), 0.3, 8, 150),
        Setup("spirals", spirals, body(network(16, 16), "adam", 16), 0.03, 10, 150),
        Setup("blobs", blobs, body(elu, "momentum", None, l2=0.01), 0.03, 8, 200),
    ]


def _validated() -> list[Setup]:
    many_clouds, many_blobs = of(xor_clouds, rows=200, noise=0.3), of(blobs, rows=200)
    clouds = body(network(8), "adam", 32, kept_out=0.4, l2=1e-3)
    linear = body(network(), "gradient_descent", 16, kept_out=0.4)
    nesterov = {"kind": "momentum", "nesterov": True}
    hinged = body(network(8, activation="relu"), nesterov, 16, kept_out=0.3, l2=0.01)
    return [
        Setup("xor clouds, validated", many_clouds, clouds, 0.03, 12, 150),
        Setup("blobs, validated", many_blobs, linear, 0.1, 8, 150),
        Setup("plane, validated", of(plane, rows=200), hinged, 0.003, 5, 200),
    ]


def _regressions() -> list[Setup]:
    relu, silu = network(16, activation="relu"), network(16, activation="silu")
    dropout = network(32, activation="gelu", dropout=0.1)
    huber = body(network(8), "gradient_descent", 16, cost="huber")
    return [
        Setup("wave", wave, body(network(16), "adam", None), 0.03, None, 300),
        Setup("wave by batches", wave, body(network(16), "rmsprop", 16), 0.01, None, 250),
        Setup("plane", plane, body(network(), "gradient_descent", None), 0.03, 15, 120),
        Setup("plane, huber", plane, huber, 0.03, 6, 150),
        Setup("friedman", friedman, body(relu, "adamw", 32), 0.01, 6, 200),
        Setup("friedman, full batch", friedman, body(silu, "adam", None), 0.03, 5, 300),
        Setup("two waves", two_waves, body(network(16), "rmsprop", 16), 0.01, 14, 200),
        Setup("two waves, dropout", two_waves, body(dropout, "adam", 16), 0.01, None, 150),
    ]


def _scheduled() -> list[Setup]:
    by_adam = body(network(16), "adam", 16)
    by_momentum = body(network(16, activation="silu"), "momentum", 32)
    by_descent = body(network(16), "gradient_descent", None)
    cosine, exponential = {"kind": "cosine", "final": 0.0}, {"kind": "exponential", "factor": 0.99}
    return [
        Setup("wave, cosine", wave, by_adam, 0.03, None, 200, cosine),
        Setup("rings, exponential", rings, by_momentum, 0.1, 6, 150, exponential),
        Setup("friedman, adaptive", friedman, by_descent, 0.03, 8, 400, {"kind": "adaptive"}),
    ]


def _memorized() -> list[Labelled]:
    wide, deep, relu = network(64), network(64, 64), network(64, activation="relu")
    silu, deep_relu = network(64, 64, activation="silu"), network(64, 64, activation="relu")
    few_clouds = of(xor_clouds, rows=120, noise=0.6)
    many_features = of(plane, rows=120, features=20, noise=8.0)
    few = [
        ("iris, flipped", flipped(iris, 0.3), relu, "adam", 16, 120),
        ("moons, noisy", of(moons, rows=120, noise=0.4), deep, "adam", None, 200),
        ("moons, flipped", flipped(of(moons, rows=120), 0.3), deep_relu, "momentum", 8, 250),
        ("blobs, noisy", of(blobs, rows=120, noise=1.2), deep, "rmsprop", 8, 150),
        ("rings, noisy", of(rings, rows=120, noise=0.6), silu, "adamw", 8, 300),
        ("xor clouds, noisy", few_clouds, deep_relu, "nadam", None, 250),
        ("spirals, flipped", flipped(of(spirals, rows=120), 0.4), deep, "adam", 16, 150),
        ("friedman, noisy", of(friedman, rows=120, noise=5.0), wide, "momentum", 8, 250),
        ("friedman, few", of(friedman, rows=100, noise=6.0), deep, "adam", None, 200),
        ("plane, noisy", many_features, wide, "gradient_descent", 8, 200),
        ("two waves, noisy", of(two_waves, rows=120, noise=1.0), relu, "adam", None, 300),
        ("chance", of(chance, rows=120), wide, "adam", 8, 150),
    ]
    return [
        Labelled(
            f"{name}, {epochs} epochs",
            "overfitting",
            draw,
            body(net, kind, size, kept_out=0.8, epochs=epochs),
        )
        for name, draw, net, kind, size, epochs in few
    ]
