"""Answers that many ask for at the same time: made once, kept for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Shared(Generic[Key, Value]):
    """Makes the value of a key once, however many threads ask; keeps the `most` latest asked for.

    Who asks while it is being made waits for it. An error goes to all who wait, and is not kept.
    """

    def __init__(self, make: Callable[[Key], Value], most: int) -> None:
        self._make = make
        self._most = most
        self._values: OrderedDict[Key, Future[Value]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value:
        with self._lock:
            value = self._values.get(key)
            is_mine = value is None
            if value is None:
                value = self._values[key] = Future()
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        if is_mine:
            self._fulfil(key, value)
        return value.result()

    def _fulfil(self, key: Key, value: Future[Value]) -> None:
        try:
            value.set_result(self._make(key))
        except BaseException as error:
            with self._lock:
                self._values.pop(key, None)
            value.set_exception(error)
