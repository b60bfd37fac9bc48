"""Notices a worker that hears nothing: connected, to all appearance, and never given a message.

Clients of Redis have been seen so after a reconnection. A worker cannot mend that from within; its
supervisor starts it afresh.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

INTERVAL_SECONDS = 5.0
PATIENCE_SECONDS = 30.0

log = logging.getLogger(__name__)


class Hearing:
    """Calls ``leave`` once messages have waited, and a process was free, at every look for long.

    ``waiting`` counts the messages no worker has taken, over a connection of its own; ``free``
    says whether a process of this worker has nothing to do.
    """

    def __init__(
        self,
        waiting: Callable[[], int],
        free: Callable[[], bool],
        leave: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._waiting = waiting
        self._free = free
        self._leave = leave
        self._clock = clock
        self._deaf_since: float | None = None

    def watch(self) -> None:
        """Look at intervals, from a thread, for as long as the process lives."""
        threading.Thread(target=self._run, name="hearing", daemon=True).start()

    def look(self) -> None:
        if not self._seems_deaf():
            self._deaf_since = None
        elif self._deaf_since is None:
            self._deaf_since = self._clock()
        elif self._clock() - self._deaf_since >= PATIENCE_SECONDS:
            log.error("messages wait, and none reaches this worker: it leaves")
            self._leave()

    def _seems_deaf(self) -> bool:
        try:
            return self._free() and self._waiting() > 0
        except Exception as error:
            log.debug("the broker is out of reach: %s", error)
            return False

    def _run(self) -> None:
        while True:
            time.sleep(INTERVAL_SECONDS)
            self.look()
