"""Values that were asked for lately, kept in memory for the next who asks for the same."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class LatelyUsed(Generic[Key, Value]):
    """Keeps the values asked for last, as far as they take `most_bytes` together by `bytes_of`.

    A key names what its value holds of what: a value is never out of date, only no longer asked
    for.
    """

    def __init__(self, most_bytes: int, bytes_of: Callable[[Value], int]) -> None:
        self._most_bytes, self._bytes_of = most_bytes, bytes_of
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """The bytes that the kept values take."""
        return self._size

    def get(self, key: Key) -> Value | None:
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def keep(self, key: Key, value: Value) -> None:
        with self._lock:
            if key in self._values or self._bytes_of(value) > self._most_bytes:
                return
            self._values[key] = value
            self._size += self._bytes_of(value)
            while self._size > self._most_bytes:
                _, oldest = self._values.popitem(last=False)
                self._size -= self._bytes_of(oldest)
