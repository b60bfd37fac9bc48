"""Scaling of one column: x ↦ (x − center) / scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Scaling:
    """x ↦ (x − center) / scale."""

    center: float = 0.0
    scale: float = 1.0

    @classmethod
    def fit(cls, kind: str, values: Array) -> Scaling:
        """`standard`: mean and σ; `min_max`: least and range; `none`. A spread of 0 counts as 1.

        `values`, (rows,) float64, has at least one row.
        """
        if kind == "none":
            return cls()
        if kind == "standard":
            center, scale = _mean_and_deviation(values)
        else:
            center, scale = float(values.min()), float(np.ptp(values))
        # Rounding leaves a constant column a σ of some 1e-16 of its size: that is no spread.
        is_flat = scale <= 1e-12 * _largest(values)
        return cls(center, 1.0 if is_flat else scale)

    def apply(self, values: Array) -> Array:
        return np.asarray((values - self.center) / self.scale)

    def undo(self, values: Array) -> Array:
        return np.asarray(values * self.scale + self.center)

    def to_dict(self) -> dict[str, float]:
        return {"center": self.center, "scale": self.scale}


def _largest(values: Array) -> float:
    return max(abs(float(values.min())), abs(float(values.max())))


def _mean_and_deviation(values: Array) -> tuple[float, float]:
    largest = _largest(values)
    # Squares of what is this large, or this small, leave the range of float64.
    is_extreme = largest > 1e100 or 0.0 < largest < 1e-100
    unit = largest if is_extreme else 1.0
    shares = values / unit if is_extreme else values
    return float(shares.mean()) * unit, float(shares.std()) * unit
