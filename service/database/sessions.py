"""The two ways to the database: sessions that write, and sessions that only read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVarTuple

from sqlalchemy import Engine, Row, Select
from sqlalchemy.orm import Session, sessionmaker

from service.config import Config
from service.counting import COUNTS, Counts
from service.database.engines import READ_ONLY, is_sqlite, make_engine, make_reader

Columns = TypeVarTuple("Columns")


class Sessions:
    """Opens sessions. Leaving a session's `with` block rolls back what was not committed.

    `writing()` waits for its turn on SQLite, so what it reads stays true until it commits.
    `reading()` sees one snapshot, never waits, and refuses to write.
    Rows stay readable after a commit and after the session is closed. `counts` holds what was
    noted in transactions that were committed.
    """

    def __init__(self, engine: Engine, reader: Engine) -> None:
        self._engines = (engine, reader)
        self.counts = Counts()
        self._writing = sessionmaker(engine, expire_on_commit=False, info={COUNTS: self.counts})
        self._reading = sessionmaker(reader, expire_on_commit=False)
        # SQLite's transactions cost no round trip, and its connections are not to leave them
        alone = {} if reader.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        self._asking = reader.execution_options(**alone)

    @classmethod
    def of(cls, config: Config) -> Sessions:
        engine = make_engine(config)
        if is_sqlite(config):
            return cls(engine, engine.execution_options(**{READ_ONLY: True}))
        return cls(engine, make_reader(config))

    def writing(self) -> Session:
        return self._writing()

    def reading(self) -> Session:
        return self._reading()

    def one(
        self, question: Select[*Columns], parameters: Mapping[str, Any]
    ) -> Row[*Columns] | None:
        """The row that answers a single question, if there is one.

        A statement alone sees one snapshot anyway: without a transaction around it, and without
        an ORM session, Postgres is asked once instead of three times.
        """
        with self._asking.connect() as connection:
            return connection.execute(question, parameters).one_or_none()

    def after_fork(self) -> None:
        """Forget the connections that belong to the parent process, without closing them."""
        for engine in self._engines:
            engine.dispose(close=False)

    def close(self) -> None:
        """Close every connection that is not in use."""
        for engine in self._engines:
            engine.dispose()
