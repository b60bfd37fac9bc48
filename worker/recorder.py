"""Gathers a job's records, so that fast epochs share a transaction and slow ones never wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.records import EpochRecord

LONGEST_SECONDS = 0.5


class Recorder:
    """Hands records to ``write`` in order, each at most about half a second after it was added."""

    def __init__(
        self, write: Callable[[Sequence[EpochRecord]], None], clock: Callable[[], float]
    ) -> None:
        self._write = write
        self._clock = clock
        self._pending: list[EpochRecord] = []
        self._written_at = clock()

    def add(self, record: EpochRecord) -> None:
        self._pending.append(record)
        self.tick()

    def tick(self) -> None:
        """Write what has waited long enough; to be called often, between batches too."""
        if self._clock() - self._written_at >= LONGEST_SECONDS:
            if self._pending:
                self._write(self._pending)
                self._pending = []
            self._written_at = self._clock()

    def take(self) -> Sequence[EpochRecord]:
        """What is not written yet, for the caller to write."""
        taken, self._pending = self._pending, []
        self._written_at = self._clock()
        return taken
