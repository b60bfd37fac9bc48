"""Counts in a small file, which the processes of one machine share: for the embedded stack."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from limits.storage import Storage

BUSY_SECONDS = 0.5
FORGOTTEN_EVERY_SECONDS = 300.0
TABLE = """
CREATE TABLE IF NOT EXISTS counts (key TEXT PRIMARY KEY, count INTEGER, ends_at REAL) WITHOUT ROWID
"""
COUNT = """
INSERT INTO counts (key, count, ends_at) VALUES (:key, :amount, :now + :seconds)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN ends_at <= :now THEN :amount ELSE count + :amount END,
    ends_at = CASE WHEN ends_at <= :now THEN :now + :seconds ELSE ends_at END
RETURNING count
"""


class FileStorage(Storage):
    """What a power cut takes from it is a minute's count: so it never waits for the disk."""

    STORAGE_SCHEME = None

    def __init__(self, path: Path) -> None:
        super().__init__(wrap_exceptions=True)
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._forget_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = time.time()
        with self._opened() as file:
            self._forget_old(file, now)
            values = {"key": key, "amount": amount, "seconds": expiry, "now": now}
            ((count,),) = file.execute(COUNT, values).fetchall()
        return int(count)

    def get(self, key: str) -> int:
        found = self._row(key)
        return int(found[0]) if found else 0

    def get_expiry(self, key: str) -> float:
        found = self._row(key)
        return float(found[1]) if found else time.time()

    def check(self) -> bool:
        with self._opened() as file:
            return bool(file.execute("SELECT 1").fetchone() == (1,))

    def reset(self) -> int:
        with self._opened() as file:
            return file.execute("DELETE FROM counts").rowcount

    def clear(self, key: str) -> None:
        with self._opened() as file:
            file.execute("DELETE FROM counts WHERE key = ?", (key,))

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _row(self, key: str) -> tuple[int, float] | None:
        alive = "SELECT count, ends_at FROM counts WHERE key = ? AND ends_at > ?"
        with self._opened() as file:
            found: tuple[int, float] | None = file.execute(alive, (key, time.time())).fetchone()
        return found

    def _forget_old(self, file: sqlite3.Connection, now: float) -> None:
        if now >= self._forget_at:
            file.execute("DELETE FROM counts WHERE ends_at <= ?", (now,))
            self._forget_at = now + FORGOTTEN_EVERY_SECONDS

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._connection is None:
                self._connection = self._open()
            yield self._connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(TABLE)
        return connection
