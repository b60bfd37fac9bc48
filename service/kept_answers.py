"""Answers as they were sent, kept in memory for the next who asks for the same."""

from __future__ import annotations

import threading
from collections import OrderedDict


class KeptAnswers:
    """Keeps the bodies asked for last, as far as they take `most_bytes` together.

    Each is known by a tag that names what it says of what: it is never out of date, only no
    longer asked for.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """The bytes that the kept bodies take."""
        return self._size

    def get(self, tag: str) -> bytes | None:
        with self._lock:
            body = self._bodies.get(tag)
            if body is not None:
                self._bodies.move_to_end(tag)
            return body

    def keep(self, tag: str, body: bytes) -> None:
        with self._lock:
            if tag in self._bodies or len(body) > self._most_bytes:
                return
            # A copy: what made the body gave it room for several times as much, and keeps that
            self._bodies[tag] = bytes(memoryview(body))
            self._size += len(body)
            while self._size > self._most_bytes:
                _, oldest = self._bodies.popitem(last=False)
                self._size -= len(oldest)
