"""Counts each key's requests in the minute that runs, and refuses those that are too many."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import RedisStorage, Storage

from service.config import EMBEDDED_BROKER, Config
from service.rates.file_storage import FileStorage

WINDOW_SECONDS = 60
REDIS_SECONDS = 0.5
# A store that failed is left alone for so long: no request waits for it twice
PAUSE_SECONDS = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many requests of the `most` in a window there were, this one too.

    The next window begins in `seconds`.
    """

    most: int
    counted: int
    seconds: int

    @property
    def left(self) -> int:
        return max(self.most - self.counted, 0)

    @property
    def is_over(self) -> bool:
        return self.counted > self.most


class Rates:
    """Without a limit nothing is counted; where the count cannot be kept, everyone is let in."""

    def __init__(
        self,
        most: int,
        storage: Storage | None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._limit = RateLimitItemPerMinute(most, namespace="descentd") if storage else None
        self._storage = storage
        self._clock = clock
        self._paused_until = 0.0

    @classmethod
    def of(cls, config: Config) -> Rates:
        most = config.max_requests_per_minute
        return cls(most, _storage(config) if most else None)

    def count(self, who: str) -> Standing | None:
        """Count one request more of `who`, and say how it stands."""
        if self._limit is None or self._storage is None or self._clock() < self._paused_until:
            return None
        key = self._limit.key_for(who)
        try:
            counted = self._storage.incr(key, WINDOW_SECONDS)
            ends_at = self._storage.get_expiry(key)
        except StorageError as error:
            log.warning("requests are not counted for some seconds: %s", error)
            self._paused_until = self._clock() + PAUSE_SECONDS
            return None
        seconds = min(max(math.ceil(ends_at - self._clock()), 1), WINDOW_SECONDS)
        return Standing(self._limit.amount, counted, seconds)


def _storage(config: Config) -> Storage:
    if config.broker_url == EMBEDDED_BROKER:
        return FileStorage(config.data_dir / "rates.db")
    return RedisStorage(
        config.broker_url,
        wrap_exceptions=True,
        key_prefix="descentd:rates",
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
    )
