"""One engine for a configuration, set up so that both databases keep the same promises."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, ExecutionContext, create_engine, event, make_url

from service.config import Config
from service.database import liveness

if TYPE_CHECKING:
    import psycopg

# Threads that wait for a connection beyond these give up after 30 s, and say so.
WRITERS, MORE_WRITERS = 3, 5
READERS, MORE_READERS = 5, 7
STATEMENT_TIMEOUT_MS = 30_000
# A process that was frozen amid a transaction holds its locks no longer than this.
IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
POSTGRES_SESSION = {
    "statement_timeout": f"{STATEMENT_TIMEOUT_MS}",
    "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_TIMEOUT_MS}",
    "timezone": "UTC",
}
# Of the session and not of each transaction: setting and resetting it costs a round trip each.
POSTGRES_READER = {
    **POSTGRES_SESSION,
    "default_transaction_isolation": r"repeatable\ read",
    "default_transaction_read_only": "on",
}
# A server that is gone without a word is noticed within these, instead of never.
POSTGRES_CONNECTION = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
READ_ONLY = "descentd_read_only"
MANY_NUMBERS = "descentd_many_numbers"
"""An option of statements whose rows are many numbers: Postgres then sends them as they are,
instead of as text, which takes a third of the time to read."""


def make_engine(config: Config) -> Engine:
    """An engine on `config.database_url`; connects to nothing before its first use."""
    if is_sqlite(config):
        return _sqlite(config.database_url)
    return _postgres(config.database_url, POSTGRES_SESSION, WRITERS, MORE_WRITERS)


def make_reader(config: Config) -> Engine:
    """An engine whose transactions see one snapshot and write nothing, on connections of its own;
    only for Postgres.
    """
    return _postgres(config.database_url, POSTGRES_READER, READERS, MORE_READERS)


def is_sqlite(config: Config) -> bool:
    return make_url(config.database_url).get_backend_name() == "sqlite"


def _postgres(url: str, session: Mapping[str, str], size: int, more: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=size,
        max_overflow=more,
        json_serializer=to_json,
        connect_args={
            **POSTGRES_CONNECTION,
            "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
        },
    )
    liveness.watch(engine)
    event.listen(engine, "before_cursor_execute", _choose_format)
    return engine


def _choose_format(
    _connection: Connection,
    cursor: psycopg.Cursor[Any],
    _statement: str,
    _parameters: object,
    context: ExecutionContext,
    _executemany: bool,
) -> None:
    if context.execution_options.get(MANY_NUMBERS):
        from psycopg.pq import Format  # not at the top: with SQLite it is not needed

        cursor.format = Format.BINARY


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=WRITERS + READERS,
        max_overflow=MORE_WRITERS + MORE_READERS,
        json_serializer=to_json,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Python's own transactions begin too late: between a read and its write others slip in
    connection.isolation_level = None
    # First of all, since setting the journal mode is itself a wait
    connection.execute(f"PRAGMA busy_timeout={STATEMENT_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode=WAL")
    # A 202 promises to survive a power cut; NORMAL survives only a killed process
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
    # A writer takes the lock before it reads; a reader never waits and sees one snapshot
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def to_json(value: Any) -> str:
    """JSON text that keeps every float exactly; raises ValueError on NaN and infinity."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"), ensure_ascii=False)


def finite(value: Any) -> Any:
    """The same value as it may be stored: no NaN, no infinity, and 0.0 for −0.0."""
    if isinstance(value, float):
        return value + 0.0 if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [finite(member) for member in value]
    return value
