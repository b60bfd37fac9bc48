"""Which epoch's weights become the model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.records import EpochRecord

Array = NDArray[Any]


class Keeper:
    """Keeps the weights of the last finite epoch and, with `restore_best`, of the best one.

    The best epoch is the one of the lowest finite validation cost (without validation data, of
    the lowest cost), the earliest of equals, from epoch 0 on. Its weights are kept only where
    there is validation data to judge by.
    """

    def __init__(self, parameters: Array, *, restore_best: bool) -> None:
        self._restore_best = restore_best
        self._finite, self._finite_epoch = parameters.copy(), 0
        self._best = parameters.copy() if restore_best else None
        self.best: dict[str, Any] = {"epoch": 0, "cost": None, "validation_cost": None}
        self._lowest = math.inf

    def hear(self, record: EpochRecord, parameters: Array) -> bool:
        """Take note of an epoch; False if a cost, gradient norm or weight is not finite."""
        if not _finite(record, parameters):
            return False
        np.copyto(self._finite, parameters)
        self._finite_epoch = record.epoch
        self._compare(record, parameters)
        return True

    def _compare(self, record: EpochRecord, parameters: Array) -> None:
        watched = record.cost if record.validation_cost is None else record.validation_cost
        if watched is None or not watched < self._lowest:
            return
        self._lowest = watched
        self.best = {
            "epoch": record.epoch,
            "cost": record.cost,
            "validation_cost": record.validation_cost,
        }
        if self._best is not None:
            np.copyto(self._best, parameters)

    def model(self, *, diverged: bool) -> tuple[int, Array]:
        """The epoch of the model, and its parameters."""
        if self._best is not None and not diverged and math.isfinite(self._lowest):
            return int(self.best["epoch"]), self._best
        return self._finite_epoch, self._finite

    def state(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """What `restore` needs, as JSON and arrays."""
        lowest = self._lowest if math.isfinite(self._lowest) else None
        values = {"best": self.best, "lowest": lowest, "finite_epoch": self._finite_epoch}
        arrays = {"finite": self._finite.copy()}
        if self._best is not None:
            arrays["best"] = self._best.copy()
        return values, arrays

    def restore(self, values: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
        """Go on from `state`."""
        self.best, self._finite_epoch = dict(values["best"]), values["finite_epoch"]
        self._lowest = math.inf if values["lowest"] is None else values["lowest"]
        np.copyto(self._finite, arrays["finite"])
        if self._best is not None:
            np.copyto(self._best, arrays["best"])


def model_kept(
    values: Mapping[str, Any], arrays: Mapping[str, Array], *, diverged: bool
) -> tuple[int, Array]:
    """What `model` of a keeper restored from this state would be: the epoch, the parameters."""
    if "best" in arrays and not diverged and values["lowest"] is not None:
        return int(values["best"]["epoch"]), arrays["best"]
    return int(values["finite_epoch"]), arrays["finite"]


def _finite(record: EpochRecord, parameters: Array) -> bool:
    for number in (record.cost, record.gradient_norm):
        if number is not None and not math.isfinite(number):
            return False
    # A finite sum of squares proves every weight finite; it may itself overflow, so look closer.
    return math.isfinite(float(np.dot(parameters, parameters))) or bool(
        np.isfinite(parameters).all()
    )
