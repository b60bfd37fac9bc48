"""Scores of predictions against targets."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def classification_scores(predicted: Array, labels: Array) -> dict[str, float]:
    """The share of `predicted` classes (examples,) that equal `labels` (examples,)."""
    return {"accuracy": int(np.count_nonzero(predicted == labels)) / len(labels)}


def regression_scores(predicted: Array, targets: Array) -> dict[str, float | None]:
    """MAE, RMSE and R² of `predicted` against `targets`, both (outputs, examples).

    R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)², the mean over outputs; None where a target is constant.
    """
    error = predicted.astype(np.float64) - targets
    spread = np.sum((targets - targets.mean(axis=1, keepdims=True)) ** 2, axis=1)
    squares = np.sum(error**2, axis=1)
    return {
        "mae": float(np.mean(np.abs(error))),
        "rmse": float(np.sqrt(np.mean(error**2))),
        "r2": float(np.mean(1.0 - squares / spread)) if np.all(spread > 0.0) else None,
    }
