"""Ten problems, each a data set with a network, to judge `learning_rate: auto` by.

Chosen before any of them was looked at; notes.md tells which versions of the range test met them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import datasets

from benchmarks.learning.tables import table_of
from engine.preprocessing import Table


@dataclass(frozen=True)
class Pair:
    """A data set and the job body, without optimizer, that is to learn it."""

    name: str
    load: Callable[[], Table]
    body: dict[str, Any]


def pairs() -> list[Pair]:
    return [*_measured_data(), *_drawn_data()]


def _measured_data() -> list[Pair]:
    return [
        _pair("wine", _of(datasets.load_wine), "tanh", [24], 80, 16, 101),
        _pair("digits", _of(datasets.load_digits), "tanh", [48, 24], 20, 64, 102),
        _pair("breast cancer", _of(datasets.load_breast_cancer), "relu", [32], 60, 64, 103),
        _pair(
            "diabetes", _of(datasets.load_diabetes, classes=False), "silu", [24, 12], 80, 48, 104
        ),
        _pair("iris", _of(datasets.load_iris), "leaky_relu", [8, 8], 60, 8, 105),
    ]


def _drawn_data() -> list[Pair]:
    return [
        _pair("circles", _circles, "relu", [16], 60, 32, 106),
        _pair("hastie", _hastie, "relu", [64], 30, 128, 107),
        _pair("friedman 2", _friedman_2, "relu", [48], 40, 32, 108),
        _pair("s curve", _s_curve, "elu", [32, 32], 40, 64, 109),
        _pair("blobs", _blobs, "softplus", [24], 200, None, 110),
    ]


def _pair(
    name: str,
    load: Callable[[], Table],
    activation: str,
    units: list[int],
    epochs: int,
    batch_size: int | None,
    seed: int,
) -> Pair:
    hidden = [{"units": count, "activation": activation} for count in units]
    network = {"hidden": hidden}
    body = {"network": network, "epochs": epochs, "batch_size": batch_size, "seed": seed}
    batch = f"batches of {batch_size}" if batch_size else "full batch"
    widths = "-".join(map(str, units))
    return Pair(f"{name}: {activation} {widths}, {batch}, {epochs} epochs", load, body)


def _of(load: Callable[..., Any], *, classes: bool = True) -> Callable[[], Table]:
    return lambda: table_of(*load(return_X_y=True), classes=classes)


def _circles() -> Table:
    drawn = datasets.make_circles(600, noise=0.1, factor=0.6, random_state=206)
    return table_of(*drawn, classes=True)


def _hastie() -> Table:
    return table_of(*datasets.make_hastie_10_2(2000, random_state=207), classes=True)


def _friedman_2() -> Table:
    return table_of(*datasets.make_friedman2(1000, noise=20.0, random_state=208), classes=False)


def _s_curve() -> Table:
    return table_of(*datasets.make_s_curve(1500, noise=0.1, random_state=209), classes=False)


def _blobs() -> Table:
    centers = np.random.default_rng(210).normal(0.0, 3.0, (8, 4))
    drawn = datasets.make_blobs(1500, centers=centers, cluster_std=1.5, random_state=210)
    return table_of(*drawn[:2], classes=True)
