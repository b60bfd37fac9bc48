"""The path of descent: a few of the weights it passed through, in bounded memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError

Array = NDArray[Any]

# Enough for 64 points of a network of 1,000 parameters, and next to nothing beside any data.
MOST_BYTES = 256 * 1024
MOST_POINTS = 256
# A larger network may take more for a few points, as long as that is little beside what trains it;
# one of which not even FEWEST_POINTS fit keeps no path.
MOST_BYTES_OF_FEW = 2 * 1024 * 1024
FEW_POINTS, FEWEST_POINTS = 8, 4


def most_points(size: int, dtype: str) -> int:
    """How many points of `size` parameters are kept at most: an even number, or none at all."""
    each = size * np.dtype(dtype).itemsize
    fitting = max(MOST_BYTES // each, min(FEW_POINTS, MOST_BYTES_OF_FEW // each))
    fitting = min(MOST_POINTS, fitting)
    return fitting - fitting % 2 if fitting >= FEWEST_POINTS else 0


class Path:
    """Snapshots of the parameters at every `stride`-th epoch, from epoch 0.

    When they are as many as may be kept, every other one goes and the stride doubles, so that at
    any time they stand evenly over the whole path.
    """

    def __init__(self, size: int, dtype: str) -> None:
        self._most = most_points(size, dtype)
        self._size, self._dtype = size, dtype
        self._stride = 1
        self._epochs: list[int] = []
        self._points: list[Array] = []

    def hear(self, epoch: int, parameters: Array) -> None:
        """Take note of where an epoch ended."""
        if self._most == 0 or epoch % self._stride:
            return
        if len(self._points) == self._most:
            self._epochs, self._points = self._epochs[::2], self._points[::2]
            self._stride *= 2
            if epoch % self._stride:
                return
        self._epochs.append(epoch)
        self._points.append(parameters.copy())

    @property
    def epochs(self) -> tuple[int, ...]:
        """The epochs of the points."""
        return tuple(self._epochs)

    @property
    def points(self) -> Array:
        """(points, parameters), in the order of their epochs."""
        if not self._points:
            return np.empty((0, self._size), self._dtype)
        return np.stack(self._points)

    def state(self) -> dict[str, Any]:
        """What `restore` needs beside the points, as JSON."""
        return {"stride": self._stride, "epochs": list(self._epochs)}

    def restore(self, state: Mapping[str, Any], points: Array) -> None:
        """Go on from `state` and its `points`. Where there are none, none will be kept: a path that
        begins in the middle of a run would not show where it started.
        """
        if len(points) != len(state["epochs"]):
            raise EngineError("a path needs a point for each of its epochs")
        self._stride, self._epochs = state["stride"], list(state["epochs"])
        self._points = list(points)
        if not self._epochs:
            self._most = 0
