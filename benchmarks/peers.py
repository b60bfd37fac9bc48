"""The same training by different hands: each trains a network for so many epochs, nothing else."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from engine.filling import fill
from engine.preprocessing import Table, prepare
from engine.spec import from_dict
from engine.training import Training

LEARNING_RATE = 0.01
BATCH_SIZE = 32
ENGINE = "descentd"

Train = Callable[["Problem", int], None]


@dataclass(frozen=True)
class Problem:
    """Rows to learn, (rows, features) float64 with the classes of each row, and a hidden layer."""

    name: str
    inputs: NDArray[np.float64]
    classes: NDArray[np.int64]
    units: int

    @property
    def shape(self) -> str:
        features, outputs = self.inputs.shape[1], len(set(self.classes.tolist()))
        return f"{len(self.inputs)} rows, {features} → {self.units} → {outputs}"

    def scaled(self) -> NDArray[np.float32]:
        scaled: NDArray[Any] = StandardScaler().fit_transform(self.inputs)
        return scaled.astype(np.float32)


def problems() -> list[Problem]:
    flowers, species = load_iris(return_X_y=True)
    pixels, digits = load_digits(return_X_y=True)
    return [Problem("iris", flowers, species, 16), Problem("digits", pixels, digits, 32)]


def hands() -> Mapping[str, Train]:
    """Who trains: the engine, and the peers that are installed."""
    found: dict[str, Train] = {ENGINE: by_engine, "scikit-learn": by_scikit_learn}
    if find_spec("torch"):
        found["PyTorch"] = by_torch
    return found


def by_engine(problem: Problem, epochs: int) -> None:
    spec = from_dict(
        {
            "task": "multiclass",
            "network": {"hidden": [{"units": problem.units, "activation": "tanh"}]},
            "optimizer": {"kind": "adam", "learning_rate": LEARNING_RATE},
            "batch_size": BATCH_SIZE,
            "epochs": epochs,
            "validation": None,
        }
    )
    names = tuple(f"x{number}" for number in range(problem.inputs.shape[1]))
    targets = problem.classes.astype(float).reshape(-1, 1)
    table = Table(names, np.asarray(problem.inputs, float), ("y",), targets)
    filled = fill(spec, table)
    records = list(Training(filled, prepare(filled, table).data).records())
    assert len(records) == epochs + 1


def by_scikit_learn(problem: Problem, epochs: int) -> None:
    network = MLPClassifier(
        (problem.units,),
        activation="tanh",
        solver="adam",
        alpha=0.0,
        batch_size=BATCH_SIZE,
        learning_rate_init=LEARNING_RATE,
        max_iter=epochs,
        n_iter_no_change=epochs + 1,
        tol=0.0,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(problem.scaled(), problem.classes)
    assert network.n_iter_ == epochs


def by_torch(problem: Problem, epochs: int) -> None:
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(1)
    inputs, classes = torch.from_numpy(problem.scaled()), torch.from_numpy(problem.classes)
    network = torch.nn.Sequential(
        torch.nn.Linear(inputs.shape[1], problem.units),
        torch.nn.Tanh(),
        torch.nn.Linear(problem.units, int(classes.max()) + 1),
    )
    cost_of = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    for _ in range(epochs):
        for rows in torch.randperm(len(inputs)).split(BATCH_SIZE):
            optimizer.zero_grad()
            cost_of(network(inputs[rows]), classes[rows]).backward()
            optimizer.step()
