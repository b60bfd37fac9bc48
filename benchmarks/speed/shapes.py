"""The six shapes of training that speed is measured on, with rows drawn at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LEARNING_RATE = 1e-3


@dataclass(frozen=True)
class Rows:
    """`inputs` (rows, features) and `targets` (rows, outputs), both float32.

    Of classes the targets are one-hot, and `classes` (rows,) names them; of numbers it is None.
    """

    inputs: Array
    targets: Array
    classes: Array | None


@dataclass(frozen=True)
class Shape:
    """A network and its rows; the hidden layers are relu.

    `further` is how many epochs, beyond the first, are timed: few enough for every round to be
    over soon, enough for a good measurement.
    """

    name: str
    rows: int
    features: int
    hidden: tuple[int, ...]
    outputs: int
    batch_size: int | None
    further: int

    @property
    def classifies(self) -> bool:
        return self.outputs > 1

    @property
    def widths(self) -> tuple[int, ...]:
        """The units of every layer, from the inputs to the outputs."""
        return (self.features, *self.hidden, self.outputs)

    @property
    def batch_rows(self) -> int:
        return self.batch_size or self.rows

    def text(self) -> str:
        """As in `iris 150×4→16→3 (32)`."""
        widths = "→".join(map(str, self.widths))
        batch = f" ({self.batch_size})" if self.batch_size else ""
        return f"{self.name} {self.rows}×{widths}{batch}"

    def draw(self) -> Rows:
        """Rows without sense, always the same: a step takes as long whatever it learns."""
        generator = np.random.default_rng(0)
        inputs = generator.normal(size=(self.rows, self.features)).astype(np.float32)
        if not self.classifies:
            targets = generator.normal(size=(self.rows, 1)).astype(np.float32)
            return Rows(inputs, targets, None)
        classes = generator.integers(0, self.outputs, self.rows)
        return Rows(inputs, np.eye(self.outputs, dtype=np.float32)[classes], classes)


SHAPES = (
    Shape("iris", 150, 4, (16,), 3, 32, further=400),
    Shape("digits", 1797, 64, (64,), 10, 32, further=40),
    Shape("housing-like", 20640, 8, (64, 64), 1, 256, further=10),
    Shape("mnist-like", 20000, 784, (256, 128), 10, 128, further=2),
    Shape("wide", 8000, 512, (1024, 1024), 10, 256, further=2),
    Shape("full batch", 10000, 20, (32,), 2, None, further=60),
)


def shape_of(name: str) -> Shape:
    return next(shape for shape in SHAPES if shape.name == name)
