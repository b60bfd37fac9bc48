"""When a delivery that failed is tried again: soon at first, then ever later, and at last not."""

from __future__ import annotations

from collections.abc import Callable

TRIES = 10
FIRST_DELAY_SECONDS = 5.0
GROWTH = 4.0
LONGEST_DELAY_SECONDS = 6 * 3600.0
# Receivers that were down together are not asked all at once when they are back
MOST_JITTER = 0.5


def delay_seconds(failures: int, chance: Callable[[], float], asked: float = 0.0) -> float:
    """How long to wait after the `failures`-th failure in a row, from 1 on.

    `chance` gives numbers from 0 to below 1. `asked` is what the receiver asked for, heeded up to
    `LONGEST_DELAY_SECONDS`.
    """
    grown = FIRST_DELAY_SECONDS * GROWTH ** min(failures - 1, TRIES)
    least = min(max(grown, asked), LONGEST_DELAY_SECONDS)
    return least * (1.0 + MOST_JITTER * chance())
