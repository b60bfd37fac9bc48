"""Small data sets to learn, drawn from a generator: (inputs (rows, features), targets)."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.table import MemoryTable, Table, number_columns

Array = NDArray[Any]
Drawn = tuple[Array, Array]
Draw = Callable[[np.random.Generator], Drawn]

IRIS = Path(__file__).parents[1] / "service" / "data" / "iris.csv"


def table(drawn: Drawn) -> Table:
    """The rows as a table: whole targets are classes, others numbers."""
    inputs, targets = drawn
    columns = targets.reshape(len(inputs), -1)
    names = _names("y", columns)
    answers = number_columns(names, columns.astype(float))
    return MemoryTable([*number_columns(_names("x", inputs), inputs), *answers], names)


def _names(letter: str, columns: Array) -> tuple[str, ...]:
    return tuple(f"{letter}{number + 1}" for number in range(columns.shape[1]))


def flipped(draw: Draw, share: float) -> Draw:
    """The same rows, `share` of them with a class drawn anew: what cannot be learnt."""

    def drawn(generator: np.random.Generator) -> Drawn:
        inputs, classes = draw(generator)
        noisy = generator.random(len(classes)) < share
        return inputs, np.where(noisy, generator.permutation(classes), classes)

    return drawn


def iris(generator: np.random.Generator, rows: int = 150) -> Drawn:
    with IRIS.open() as file:
        _, *lines = csv.reader(file)
    species = sorted({line[4] for line in lines})
    chosen = generator.permutation(len(lines))[:rows]
    inputs = np.array([lines[row][:4] for row in chosen], float)
    return inputs, np.array([species.index(lines[row][4]) for row in chosen])


def xor(_generator: np.random.Generator) -> Drawn:
    return np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


def xor_clouds(generator: np.random.Generator, rows: int = 80, noise: float = 0.2) -> Drawn:
    corners = generator.integers(0, 2, (rows, 2))
    return corners + generator.normal(0.0, noise, (rows, 2)), corners[:, 0] ^ corners[:, 1]


def wave(generator: np.random.Generator, rows: int = 60, noise: float = 0.1) -> Drawn:
    x = generator.uniform(-3.0, 3.0, (rows, 1))
    return x, np.sin(x[:, 0]) + generator.normal(0.0, noise, rows)


def two_waves(generator: np.random.Generator, rows: int = 80, noise: float = 0.1) -> Drawn:
    x = generator.uniform(-2.0, 2.0, (rows, 2))
    waves = np.column_stack([np.sin(x[:, 0] + x[:, 1]), np.cos(x[:, 0] - x[:, 1])])
    return x, waves + generator.normal(0.0, noise, (rows, 2))


def plane(
    generator: np.random.Generator, rows: int = 80, features: int = 5, noise: float = 0.5
) -> Drawn:
    x = generator.normal(size=(rows, features))
    return x, x @ generator.normal(size=features) + generator.normal(0.0, noise, rows)


def friedman(generator: np.random.Generator, rows: int = 150, noise: float = 0.5) -> Drawn:
    """Friedman 1991, "Multivariate adaptive regression splines", the first of its examples."""
    x = generator.random((rows, 5))
    y = 10.0 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20.0 * (x[:, 2] - 0.5) ** 2
    return x, y + 10.0 * x[:, 3] + 5.0 * x[:, 4] + generator.normal(0.0, noise, rows)


def moons(generator: np.random.Generator, rows: int = 100, noise: float = 0.15) -> Drawn:
    classes = np.arange(rows) % 2
    angles = generator.uniform(0.0, np.pi, rows)
    x = np.column_stack([np.cos(angles), np.sin(angles)])
    x[classes == 1] = np.array([1.0, 0.5]) - x[classes == 1]
    return x + generator.normal(0.0, noise, (rows, 2)), classes


def rings(generator: np.random.Generator, rows: int = 100, noise: float = 0.15) -> Drawn:
    classes = np.arange(rows) % 2
    angles = generator.uniform(0.0, 2.0 * np.pi, rows)
    x = (1.0 + classes)[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    return x + generator.normal(0.0, noise, (rows, 2)), classes


def spirals(generator: np.random.Generator, rows: int = 120, noise: float = 0.05) -> Drawn:
    classes = np.arange(rows) % 2
    radius = np.sqrt(generator.random(rows)) * 2.0
    angles = 3.0 * radius + np.pi * classes
    x = radius[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    return x + generator.normal(0.0, noise, (rows, 2)), classes


def blobs(generator: np.random.Generator, rows: int = 120, noise: float = 0.8) -> Drawn:
    classes = np.arange(rows) % 4
    angles = classes * (np.pi / 2.0)
    centres = 1.5 * np.column_stack([np.cos(angles), np.sin(angles)])
    return centres + generator.normal(0.0, noise, (rows, 2)), classes


def chance(generator: np.random.Generator, rows: int = 40) -> Drawn:
    """Targets that have nothing to do with the inputs."""
    return generator.normal(size=(rows, 6)), generator.normal(size=rows)


def of(draw: Callable[..., Drawn], **settings: Any) -> Draw:
    """`draw` with these settings."""
    return partial(draw, **settings)
