"""Several measurements of one thing: a median to quote, and how far the others lie from it."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """The least, the middle and the greatest of several values, all in one unit."""

    least: float
    median: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        ordered = sorted(values)
        return cls(ordered[0], statistics.median(ordered), ordered[-1])

    @classmethod
    def of_ratios(cls, values: Iterable[float], others: Iterable[float]) -> Spread:
        """Of each value to the other of the same round."""
        return cls.of(value / other for value, other in zip(values, others, strict=True))

    def text(self, unit: str = "", scale: float = 1.0) -> str:
        """The median, with least and greatest behind it."""
        least, median, most = (f"{scale * value:.3g}" for value in self)
        return f"{median}{unit} ({least} – {most})"

    def __iter__(self) -> Iterator[float]:
        return iter((self.least, self.median, self.most))
