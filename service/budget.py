"""How many requests may be held at once."""

from __future__ import annotations

import threading
from types import TracebackType

from service.errors import Busy


class Place:
    """One of a budget's places, until it is given back; giving it back again changes nothing."""

    def __init__(self, places: threading.Semaphore) -> None:
        self._places = places
        self._is_held = True
        self._lock = threading.Lock()

    def give_back(self) -> None:
        with self._lock:
            if self._is_held:
                self._is_held = False
                self._places.release()

    def __enter__(self) -> Place:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.give_back()


class Budget:
    """At most `most` places are taken at once; `refusal` tells why there is none."""

    def __init__(self, most: int, refusal: str, retry_after_seconds: int = 1) -> None:
        self._places = threading.BoundedSemaphore(most)
        self._refusal = refusal
        self._retry_after_seconds = retry_after_seconds

    def take(self) -> Place:
        """Raises Busy where all are taken."""
        if not self._places.acquire(blocking=False):
            raise Busy(self._refusal, self._retry_after_seconds)
        return Place(self._places)
