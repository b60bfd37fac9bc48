"""How far a run is, from the rows that came: what every view of it shows."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from descentd_client.types import HistoryRow

# Of so many latest epochs the time is taken.
LATEST = 100
# More points than any terminal is wide; beyond it every second one goes.
MOST_POINTS = 4096


class RunState:
    """Gathers rows; bounded in size, however many come."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.row: HistoryRow | None = None
        self.costs: list[float] = []
        self._stride = 1
        self._seconds: deque[float] = deque(maxlen=LATEST)

    def take(self, row: HistoryRow) -> None:
        self.row = row
        if row["epoch"] > 0:
            self._seconds.append(row["seconds"])
        if row["cost"] is not None and row["epoch"] % self._stride == 0:
            self.costs.append(row["cost"])
        if len(self.costs) > MOST_POINTS:
            self.costs = self.costs[::2]
            self._stride *= 2

    @property
    def epoch(self) -> int:
        return self.row["epoch"] if self.row else 0

    @property
    def epochs_per_second(self) -> float | None:
        """By the time that the latest epochs took themselves; None before the first."""
        total = sum(self._seconds)
        return len(self._seconds) / total if total > 0 else None

    @property
    def seconds_left(self) -> float | None:
        speed = self.epochs_per_second
        return None if speed is None else (self.epochs - self.epoch) / speed
