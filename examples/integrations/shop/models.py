"""The models that were fetched, and which messages told of them."""

from __future__ import annotations

import json
import sqlite3
from typing import Any


def knows(database: sqlite3.Connection, webhook_id: str) -> bool:
    """Whether this message was taken before."""
    query = "SELECT 1 FROM messages WHERE webhook_id = ?"
    return database.execute(query, (webhook_id,)).fetchone() is not None


def keep(database: sqlite3.Connection, webhook_id: str, job_id: str, model: bytes | None) -> None:
    """Note a message as taken, and the model that it told of; the same twice is the same once."""
    database.execute("INSERT OR IGNORE INTO messages VALUES (?)", (webhook_id,))
    if model is not None:
        database.execute("INSERT OR IGNORE INTO models VALUES (?, ?)", (job_id, model.decode()))


def latest(database: sqlite3.Connection) -> Any:
    """The model of the youngest job, however late its message came: ids sort by age. Or None."""
    query = "SELECT model FROM models ORDER BY job_id DESC LIMIT 1"
    row = database.execute(query).fetchone()
    return None if row is None else json.loads(row[0])
