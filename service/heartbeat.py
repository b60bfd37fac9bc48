"""Shows, while something is worked on, that its worker lives, and learns if it is still its."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

INTERVAL_SECONDS = 0.5

log = logging.getLogger(__name__)


class Heartbeat:
    """A thread that calls ``beat`` at intervals while the block runs.

    ``beat`` says whether the claim still holds. Where it raises, the next beat tries again: the
    database may be away for a moment, and what is written is fenced in any case.
    """

    def __init__(self, beat: Callable[[], bool], interval_seconds: float) -> None:
        self._beat = beat
        self._interval_seconds = interval_seconds
        self._over = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    @property
    def lost(self) -> bool:
        """Whether it was called off or given to another: stop working on it."""
        return self._lost.is_set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._interval_seconds):
            if not self._holds():
                self._lost.set()
                return

    def _holds(self) -> bool:
        try:
            return self._beat()
        except Exception as error:
            log.warning("a beat did not reach the database: %s", error)
            return True
