"""The shapes trained by scikit-learn's MLP, which reports the cost of each epoch."""

from __future__ import annotations

import warnings
from typing import Any

from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from benchmarks.speed.shapes import LEARNING_RATE, Rows, Shape


def train(shape: Shape, rows: Rows, epochs: int) -> None:
    settings: dict[str, Any] = {
        "hidden_layer_sizes": shape.hidden,
        "activation": "relu",
        "solver": "adam",
        "alpha": 0.0,
        "batch_size": shape.batch_rows,
        "learning_rate_init": LEARNING_RATE,
        "max_iter": epochs,
        "shuffle": shape.batch_size is not None,
        "n_iter_no_change": epochs + 1,
        "tol": 0.0,
        "random_state": 0,
    }
    if rows.classes is None:
        network, targets = MLPRegressor(**settings), rows.targets.ravel()
    else:
        network, targets = MLPClassifier(**settings), rows.classes
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(rows.inputs, targets)
    assert network.n_iter_ == epochs
