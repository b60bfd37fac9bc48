"""Which heights of a surface are told apart: bands from its lowest cost to where it is steep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.plots.scales import LEAST_RATIO_OF_LOG

Array = NDArray[Any]

BANDS = 12
# Above this share of the grid all is one band, unless the path comes from higher: what a plane
# reaches at its corners may be a million times the cost that matters.
SHARE_OF_GRID = 60.0
# Heights beyond this are drawn alike, and no sum of them leaves the range of floats.
HIGHEST = 1e6
# Shown as not finite: a few times as much would not be.
MOST_COST = 1e300


@dataclass(frozen=True, slots=True)
class Levels:
    """`BANDS` bands between `low` and `high`, even or by the logarithm."""

    low: float
    high: float
    is_log: bool

    def heights(self, costs: Array) -> Array:
        """Where costs lie: 0 at `low`, 1 at `high`; masked where they are not shown."""
        shown = _is_shown(costs)
        low, high = self._even(self.low), self._even(self.high)
        with np.errstate(over="ignore"):
            shares = (self._even(np.where(shown, costs, self.high)) - low) / (high - low)
        return np.ma.array(np.minimum(shares, HIGHEST), mask=~shown)

    def cost_at(self, height: float) -> float:
        """The inverse of `heights`."""
        if self.is_log:
            low, high = np.log10(self.low), np.log10(self.high)
            return float(10.0 ** (low + (high - low) * height))
        return self.low + (self.high - self.low) * height

    def _even(self, costs: Any) -> Any:
        return np.log10(costs) if self.is_log else costs


def levels_of(costs: Array, path_costs: Array) -> Levels | None:
    """Levels for a surface with a path on it; None where no cost can be shown.

    By the logarithm under the same rule as the axis of the cost curve.
    """
    found, met = costs[_is_shown(costs)], path_costs[_is_shown(path_costs)]
    if not len(found):
        return None
    low = float(found.min())
    usual = float(np.percentile(found, SHARE_OF_GRID, method="lower"))
    high = max(usual, float(met.max(initial=low)))
    high = min(high, float(found.max()))
    if not high > low:
        high = low + max(abs(low), 1.0) * 0.1
    return Levels(low, high, is_log=low > 0.0 and high / low >= LEAST_RATIO_OF_LOG)


def _is_shown(costs: Array) -> Array:
    return np.asarray(costs < MOST_COST)
