"""Are the models good? Against scikit-learn's MLP with the same budget, on rows kept out.

Both learn the same rows, scaled alike, with the same layers, activation, epochs, batch size, Adam
and learning rate, without rows to validate on, from weights drawn as scikit-learn draws them.
notes.md tells how the settings came about; the seeds here were first used once they stood.
"""

from __future__ import annotations

import math
import statistics
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import datasets
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.learning.tables import Array, rows_of, table_of
from benchmarks.speed.turns import limited
from benchmarks.spread import Spread
from benchmarks.tables import Section, verdict
from engine.filling import fill
from engine.model import Model
from engine.preparing import prepare
from engine.spec import from_dict
from engine.training import Training

SEEDS = range(200, 205)
TEST_SHARE = 0.25


@dataclass(frozen=True)
class Budget:
    """A data set and what may be spent on it."""

    name: str
    load: Callable[..., Any]
    classes: bool
    units: int
    epochs: int
    batch_size: int
    learning_rate: float

    def text(self) -> str:
        return (
            f"{self.name}: relu {self.units}, {self.epochs} epochs, "
            f"batches of {self.batch_size}, {self.learning_rate:g}"
        )


BUDGETS = (
    Budget("iris", datasets.load_iris, True, 16, 100, 16, 0.01),
    Budget("wine", datasets.load_wine, True, 16, 50, 16, 0.01),
    Budget("digits", datasets.load_digits, True, 64, 30, 32, 0.003),
    Budget("breast cancer", datasets.load_breast_cancer, True, 16, 40, 32, 0.003),
    Budget("diabetes", datasets.load_diabetes, False, 16, 40, 32, 0.003),
)


@dataclass(frozen=True)
class Split:
    """Rows to learn and rows to be judged by."""

    inputs: Array
    targets: Array
    test_inputs: Array
    test_targets: Array


def measure() -> list[Section]:
    with limited(1):
        rows = [_row(budget) for budget in BUDGETS]
    return [
        Section(
            "Models as good as scikit-learn's",
            "A quarter of the rows kept out, another quarter for each of the seeds "
            f"{SEEDS[0]} to {SEEDS[-1]}; the rest learnt by both with the same layers, "
            "activation, epochs, batch size, Adam, learning rate and initialiser "
            "(glorot_uniform, which is scikit-learn's; left to itself the engine takes he_uniform "
            "for relu), inputs and a regression's targets scaled for both. Accuracy (diabetes: "
            "R²) on the rows kept out, median (least – greatest). Met: at least as good, within "
            "one standard error of the difference.",
            ["data, and the budget", "descentd", "scikit-learn", "standard error", "met"],
            rows,
        )
    ]


def _row(budget: Budget) -> list[str]:
    splits = [_split(budget, seed) for seed in SEEDS]
    own = [_by_engine(budget, split, seed) for seed, split in zip(SEEDS, splits, strict=True)]
    peer = [
        _by_scikit_learn(budget, split, seed) for seed, split in zip(SEEDS, splits, strict=True)
    ]
    error = standard_error(own, peer)
    met = statistics.median(own) >= statistics.median(peer) - error
    cells = [budget.text(), Spread.of(own).text(), Spread.of(peer).text()]
    return [*cells, f"{error:.3f}", verdict(met)]


def standard_error(own: Sequence[float], peer: Sequence[float]) -> float:
    """Of the difference of two means."""
    return math.sqrt(sum(statistics.variance(scores) / len(scores) for scores in (own, peer)))


def _split(budget: Budget, seed: int) -> Split:
    inputs, targets = budget.load(return_X_y=True)
    parts = train_test_split(
        inputs,
        targets,
        test_size=TEST_SHARE,
        random_state=seed,
        stratify=targets if budget.classes else None,
    )
    inputs, test_inputs, targets, test_targets = parts
    return Split(inputs, targets, test_inputs, test_targets)


def _by_engine(budget: Budget, split: Split, seed: int) -> float:
    body = {
        "network": {
            "hidden": [{"units": budget.units, "activation": "relu"}],
            "init": "glorot_uniform",
        },
        "optimizer": {"kind": "adam", "learning_rate": budget.learning_rate},
        "epochs": budget.epochs,
        "batch_size": budget.batch_size,
        "seed": seed,
        "validation": None,
    }
    table = table_of(split.inputs, split.targets, classes=budget.classes)
    spec = fill(from_dict(body), table)
    prepared = prepare(spec, table)
    training = Training(spec, prepared.data)
    list(training.records())
    assert training.outcome is not None
    model = Model(spec, prepared.preprocessing, training.outcome.parameters)
    predicted = model.predict(rows_of(split.test_inputs)).predictions
    return _score(budget, split.test_targets, predicted)


def _by_scikit_learn(budget: Budget, split: Split, seed: int) -> float:
    settings: dict[str, Any] = {
        "hidden_layer_sizes": (budget.units,),
        "learning_rate_init": budget.learning_rate,
        "batch_size": budget.batch_size,
        "max_iter": budget.epochs,
        "n_iter_no_change": budget.epochs + 1,
        "random_state": seed,
    }
    network = MLPClassifier(**settings) if budget.classes else _regressor(settings)
    pipeline = make_pipeline(StandardScaler(), network)
    targets = split.targets.astype(str) if budget.classes else split.targets
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        pipeline.fit(split.inputs, targets)
    return _score(budget, split.test_targets, pipeline.predict(split.test_inputs))


def _regressor(settings: dict[str, Any]) -> TransformedTargetRegressor:
    return TransformedTargetRegressor(MLPRegressor(**settings), transformer=StandardScaler())


def _score(budget: Budget, targets: Array, predicted: Any) -> float:
    if budget.classes:
        return float(np.mean(targets.astype(str) == np.asarray(predicted)))
    return float(r2_score(targets, np.ravel(predicted)))
