"""A cost curve in a handful of named numbers, which do not depend on the unit of the cost.

Levels are medians over a stretch, so that neither one spike nor a thinned history moves them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.records import EpochRecord

Array = NDArray[np.float64]

# What is larger counts as this, so that sums and differences stay finite.
LARGEST = 1e150
# A level far below the start is near zero: there, rises that no one would see are many times it.
SMALLEST_LEVEL = 0.25


@dataclass(frozen=True, slots=True)
class Measures:
    """A cost curve in numbers. `None` where the history does not tell."""

    rows: int  # with a finite cost
    epochs: int  # from the first of them to the last
    start: float  # J of the first row
    end: float  # J at the end: the median of the last tenth
    peak: float  # the highest J after the first row, over the start
    rises: float  # what an epoch of the last half adds where it rises, over the level
    fall: float  # the share of the start that has gone
    fall_per_epoch: float  # as a rate: −ln(end / start) / epochs
    late_fall: float  # of the whole fall, the share that the last third brought
    rejected: float  # the share of epochs that were taken back
    gradient_spread: float | None = None  # of ln ‖g‖ over the epochs: the standard deviation
    gradient_to_cost: float | None = None  # ‖g‖ at the end over J at the end
    validation_gap: float | None = None  # of the validation cost: end over lowest, − 1
    validation_gap_to_start: float | None = None  # the same rise, over its start
    fall_since_lowest: float | None = None  # of J, since the validation cost was lowest

    def evidence(self) -> dict[str, Any]:
        """As JSON: what is beyond all numbers is the largest there is."""
        largest = float(np.finfo(np.float64).max)
        return {
            name: value if isinstance(value, int) else max(-largest, min(value, largest))
            for name, value in asdict(self).items()
            if value is not None
        }


@np.errstate(all="ignore")
def measure(rows: Sequence[EpochRecord]) -> Measures:
    """The measures of `rows`, at least one, each with a finite cost."""
    epochs, costs = _column(rows, "epoch"), _column(rows, "cost")
    length = int(epochs[-1] - epochs[0])
    times = (epochs - epochs[0]) / max(length, 1)
    start, end = float(costs[0]), _level(times, costs, 0.9, 1.0)
    fall = _over(start - end, start)
    return Measures(
        rows=len(rows),
        epochs=length,
        start=start,
        end=end,
        peak=_over(float(costs[1:].max()), start) if len(rows) > 1 else 1.0,
        rises=_rises(costs[times >= 0.5], max(end, SMALLEST_LEVEL * start)),
        fall=fall,
        fall_per_epoch=-math.log1p(-min(fall, 1.0 - 1e-12)) / max(length, 1),
        late_fall=_late_fall(times, costs, end),
        rejected=sum(not row.accepted for row in rows) / len(rows),
        **_of_the_gradient(times, _column(rows, "gradient_norm"), end),
        **_of_validation(times, _column(rows, "validation_cost"), costs, end),
    )


def _column(rows: Sequence[EpochRecord], name: str) -> Array:
    """One number of every row, (rows,); NaN where it is None."""
    values = (getattr(row, name) for row in rows)
    column = np.array([math.nan if value is None else value for value in values], np.float64)
    return np.minimum(column, LARGEST)


def _over(part: float, whole: float) -> float:
    """part / whole; of nothing, 0 is the same and anything more is beyond measure."""
    if whole > 0.0:
        return part / whole
    return math.copysign(math.inf, part) if part else 0.0


def _level(times: Array, values: Array, since: float, until: float) -> float:
    """The median of `values` between two times of 0 … 1: a single spike does not move it."""
    within = values[(times >= since) & (times <= until)]
    if len(within):
        return float(np.median(within))
    return float(np.interp((since + until) / 2.0, times, values))


def _rises(costs: Array, level: float) -> float:
    if len(costs) < 2:
        return 0.0
    return _over(float(np.maximum(np.diff(costs), 0.0).mean()), level)


def _late_fall(times: Array, costs: Array, end: float) -> float:
    whole = float(costs[0]) - min(end, float(costs.min()))
    if whole <= 0.0:
        return 0.0
    return (_level(times, costs, 0.57, 0.77) - end) / whole


def _of_the_gradient(times: Array, norms: Array, end: float) -> dict[str, float]:
    known = np.isfinite(norms)
    if not known.any():
        return {}
    sloping = norms[known & (norms > 0.0)]
    return {
        "gradient_spread": float(np.std(np.log(sloping))) if len(sloping) else 0.0,
        "gradient_to_cost": _over(_level(times[known], norms[known], 0.9, 1.0), end),
    }


def _of_validation(times: Array, validation: Array, costs: Array, end: float) -> dict[str, float]:
    known = np.isfinite(validation)
    if not known.any():
        return {}
    values = validation[known]
    lowest = int(values.argmin())
    rise = _level(times[known], values, 0.9, 1.0) - float(values[lowest])
    return {
        "validation_gap": _over(rise, float(values[lowest])),
        "validation_gap_to_start": _over(rise, float(values[0])),
        "fall_since_lowest": float(costs[known][lowest]) - end,
    }
