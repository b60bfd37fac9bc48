"""Migrated databases, made once for a process of tests and lent to one test after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import (
    Connection,
    MetaData,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.pool import NullPool

CLOSING_SECONDS = 5.0
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
RESET_SEQUENCES = """
SELECT setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences
"""


class LentPostgres:
    """A migrated Postgres database that holds, each time it is lent, what the migrations put in.

    To delete some rows takes a hundredth of the time of making a database and dropping it.
    """

    def __init__(self, url: str) -> None:
        # Kept open between its uses, a connection would be ended by tests that end all there are
        address = make_url(url).set(drivername="postgresql+psycopg")
        self._engine = create_engine(address, poolclass=NullPool)
        event.listen(self._engine, "connect", _wait_for_no_lock_for_long)
        tables = MetaData()
        with self._engine.connect() as connection:
            tables.reflect(connection)
            self._tables = tables.sorted_tables
            self._first_rows = [
                (table, rows)
                for table in self._tables
                if (rows := [dict(row) for row in connection.execute(select(table)).mappings()])
            ]
        self._url = url

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Its address. Whoever borrows it has to close every connection before giving it back."""
        with self._engine.begin() as connection:
            self._empty(connection)
        yield self._url
        with self._engine.connect() as connection:
            left = _left_open(connection)
            if left:
                connection.execute(text(f"SELECT pg_terminate_backend(pid, 5000) {OTHERS}"))
            tables = set(inspect(connection).get_table_names())
        if left:
            pytest.fail(f"the test left connections to its database open, which last ran: {left}")
        if tables != {table.name for table in self._tables}:
            pytest.fail("a test that changes tables needs a database of its own: bare_config")

    def _empty(self, connection: Connection) -> None:
        deletions = [f'DELETE FROM "{table.name}"' for table in reversed(self._tables)]
        connection.exec_driver_sql("; ".join(deletions))
        connection.execute(text(RESET_SEQUENCES))
        for table, rows in self._first_rows:
            connection.execute(insert(table), rows)


def _wait_for_no_lock_for_long(connection: Any, _record: object) -> None:
    # What a test left under way is to be a failure, not a suite that stands still
    connection.execute("SET statement_timeout = '20s'")
    connection.commit()


def _left_open(connection: Connection) -> Sequence[str]:
    # A server notices a closed connection a little later than whoever closed it
    deadline = monotonic() + CLOSING_SECONDS
    look = text(f"SELECT query {OTHERS} AND backend_type = 'client backend'")
    while left := connection.scalars(look).all():
        if monotonic() > deadline:
            return left
        connection.rollback()  # in one transaction, each look would be told the same
        sleep(0.01)
    return left
