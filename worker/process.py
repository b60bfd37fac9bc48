"""One of a worker's processes, forked to train."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol


class Work(Protocol):
    """The part of `worker.runner.Runner` that a process drives."""

    def run_until_idle(self) -> None: ...


class Process:
    """Runs the work that ``make_work`` makes in it, after the fork.

    ``make_work`` is given what says when to stop: when the whole worker is told to, and when this
    process alone is, as by those who signal every process of a service. It then hands its job
    back first, and ends.
    """

    def __init__(
        self, make_work: Callable[[Callable[[], bool]], Work], worker_stopping: Callable[[], bool]
    ) -> None:
        self._make_work = make_work
        self._worker_stopping = worker_stopping
        self._told_to_end = False
        self._work: Work | None = None

    def start(self) -> None:
        """Make the work; to be called in the process itself."""
        self._work = self._make_work(self._stopping)

    def run_until_idle(self) -> None:
        assert self._work is not None, "the process was never started"
        with self._sigterm_waiting():
            self._work.run_until_idle()
        if self._told_to_end:
            os.kill(os.getpid(), signal.SIGTERM)

    def _stopping(self) -> bool:
        return self._told_to_end or self._worker_stopping()

    @contextmanager
    def _sigterm_waiting(self) -> Iterator[None]:
        def note(_signal: int, _frame: FrameType | None) -> None:
            self._told_to_end = True

        before = signal.signal(signal.SIGTERM, note)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)
