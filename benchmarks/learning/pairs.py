"""Ten problems, each a data set with a network, to judge `learning_rate: auto` by.

Chosen, once the range test stood as it is, before any of them was looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import datasets

from benchmarks.learning.tables import table_of
from engine.table import Table


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
        _pair("wine", _of(datasets.load_wine), "relu", [12, 12], 60, 8, 301),
        _pair("digits", _of(datasets.load_digits), "gelu", [40], 15, 32, 302),
        _pair("breast cancer", _of(datasets.load_breast_cancer), "tanh", [8], 50, 16, 303),
        _pair("diabetes", _of(datasets.load_diabetes, classes=False), "tanh", [16], 60, 16, 304),
        _pair("iris", _of(datasets.load_iris), "sigmoid", [12], 80, 16, 305),
    ]


def _drawn_data() -> list[Pair]:
    return [
        _pair("moons", _moons, "tanh", [12, 12], 60, 32, 306),
        _pair("clusters", _clusters, "relu", [48], 30, 64, 307),
        _pair("friedman 3", _friedman_3, "tanh", [32], 60, 32, 308),
        _pair("sparse", _sparse, "relu", [32, 16], 40, 64, 309),
        _pair("blobs", _blobs, "silu", [24], 150, None, 310),
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


def _moons() -> Table:
    return table_of(*datasets.make_moons(700, noise=0.2, random_state=406), classes=True)


def _clusters() -> Table:
    drawn = datasets.make_classification(
        1500, 30, n_informative=12, n_classes=3, class_sep=1.5, random_state=407
    )
    return table_of(*drawn, classes=True)


def _friedman_3() -> Table:
    return table_of(*datasets.make_friedman3(1000, noise=0.1, random_state=408), classes=False)


def _sparse() -> Table:
    drawn = datasets.make_sparse_uncorrelated(1200, 12, random_state=409)
    return table_of(*drawn, classes=False)


def _blobs() -> Table:
    centers = np.random.default_rng(410).normal(0.0, 3.0, (8, 4))
    drawn = datasets.make_blobs(1500, centers=centers, cluster_std=1.5, random_state=410)
    return table_of(*drawn[:2], classes=True)
