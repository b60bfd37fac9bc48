"""Scores of predictions against targets."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def regression_scores(predicted: Array, targets: Array, unit: Array) -> dict[str, float | None]:
    """MAE, RMSE and R² of `predicted` against `targets`, both (outputs, examples).

    `unit`, (outputs,), is what an error of 1 is in the scores' own units.
    R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)², the mean over outputs; None where a target is constant.
    """
    error = np.subtract(predicted, targets, dtype=np.float64)
    squares = np.array([np.dot(row, row) for row in error])
    spread = np.var(targets, axis=1, dtype=np.float64) * targets.shape[1]
    return {
        "mae": float(np.mean(np.mean(np.abs(error, out=error), axis=1) * unit)),
        "rmse": float(np.sqrt(np.mean(squares * unit**2) / targets.shape[1])),
        "r2": float(np.mean(1.0 - squares / spread)) if np.all(spread > 0.0) else None,
    }
