"""Where the shop keeps things: one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

TABLES = """
CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY, tea TEXT NOT NULL, boxes INTEGER NOT NULL, region TEXT NOT NULL,
    is_express INTEGER NOT NULL, sent_on TEXT NOT NULL, days INTEGER
);
CREATE TABLE IF NOT EXISTS models (job_id TEXT PRIMARY KEY, model TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS messages (webhook_id TEXT PRIMARY KEY);
"""


class Store:
    """Opens the file for as long as something is read or written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self.writing() as database:
            database.executescript(TABLES)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path)) as database:
            yield database

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All of the block is kept, or where it raises, nothing."""
        with self.reading() as database, database:
            yield database
