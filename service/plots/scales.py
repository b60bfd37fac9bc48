"""From numbers to places in a picture, and the round numbers that stand beside an axis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A linear axis would press what lies below a twentieth of the greatest value into one line.
LEAST_RATIO_OF_LOG = 20.0
ROUND = (1.0, 2.0, 5.0, 10.0)
PADDING = 0.06
# What varies by less than this share of itself is drawn as level.
LEAST_ROOM = 1e-5
SMALLEST, LARGEST = 1e-300, 1.7e308


@dataclass(frozen=True, slots=True)
class Scale:
    """Puts `low` at `start` and `high` at `end`, evenly or by the logarithm."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def at(self, value: float) -> float:
        """Where `value` stands."""
        # By halves: the whole range of floats is wider than a float can tell
        low, high = self._even(self.low) / 2, self._even(self.high) / 2
        share = (self._even(value) / 2 - low) / (high - low)
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int) -> list[float]:
        """At most about `most` round values within the scale."""
        if self.is_log:
            return _log_ticks(self.low, self.high, most)
        return _even_ticks(self.low, self.high, max(most, 1))

    def _even(self, value: float) -> float:
        return math.log10(value) if self.is_log else value


def scale_of(values: Iterable[float], start: float, end: float) -> Scale:
    """A scale that holds all `values`, with some room around them.

    Logarithmic where all are above zero and the greatest is 20 times the least or more. Even the
    widest range of floats fits: what a number cannot hold, its room does without.
    """
    found = list(values)
    low, high = (min(found), max(found)) if found else (0.0, 1.0)
    if low > 0.0 and high / low >= LEAST_RATIO_OF_LOG:
        room = (math.log10(high) - math.log10(low)) * PADDING
        ends = (
            min(_power(math.log10(low) - room), low),
            max(_power(math.log10(high) + room), high),
        )
        return Scale(*ends, start, end, is_log=True)
    room = (high / 2 - low / 2) * 2 * PADDING or (abs(high) * 0.1 if abs(high) > SMALLEST else 1.0)
    room = max(room, abs(high) * LEAST_ROOM)
    return Scale(low - room, min(high + room, LARGEST), start, end)


def _power(exponent: float) -> float:
    return float(10.0 ** min(max(exponent, -307.0), 308.0))


def epoch_scale(last: int, start: float, end: float) -> Scale:
    """From epoch 0 to the last one."""
    return Scale(0.0, float(max(last, 1)), start, end)


def _even_ticks(low: float, high: float, most: int) -> list[float]:
    step = _round_step(high / most - low / most)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [index * step for index in range(first, last + 1)]


def _round_step(least: float) -> float:
    least = min(max(least, SMALLEST), LARGEST / 2)
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in ROUND if factor * power >= least * (1 - 1e-9))


def _log_ticks(low: float, high: float, most: int) -> list[float]:
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    decades = last - first + 1
    if decades >= 3 or decades * 3 > most * 2:
        stride = math.ceil(decades / max(most, 1))
        return [_power(exponent) for exponent in range(first, last + 1, stride)]
    factors = [
        factor * _power(exponent) for exponent in range(first - 1, last + 1) for factor in ROUND[:3]
    ]
    return [value for value in factors if low <= value <= high]


def labels(ticks: Sequence[float]) -> list[str]:
    """Each tick as it stands beside the axis, all of them as powers of ten if one has to be."""
    as_power = any(_is_far(tick) for tick in ticks)
    return [number(tick, digits=6, as_power=as_power) for tick in ticks]


def number(value: float, digits: int = 4, *, as_power: bool = False) -> str:
    """A number for people: at most `digits` of them, and a power of ten where it is far from 1."""
    if value == 0.0:
        return "0"
    if as_power or _is_far(value):
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        shown = f"{mantissa}e{int(exponent)}"
    else:
        shown = f"{value:,.{digits}g}" if abs(value) < 10**digits else f"{value:,.0f}"
    return shown.replace("-", "−")


def _is_far(value: float) -> bool:
    return value != 0.0 and not 1e-4 <= abs(value) < 1e6
