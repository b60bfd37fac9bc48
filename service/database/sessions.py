"""The two ways to the database: sessions that write, and sessions that only read."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from service.config import Config
from service.database.engines import READ_ONLY, make_engine


class Sessions:
    """Opens sessions. Leaving a session's `with` block rolls back what was not committed.

    `writing()` waits for its turn on SQLite, so what it reads stays true until it commits.
    `reading()` sees one snapshot, never waits, and refuses to write.
    Rows stay readable after a commit and after the session is closed.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        reader = engine.execution_options(**_reader_options(engine))
        self._writing = sessionmaker(engine, expire_on_commit=False)
        self._reading = sessionmaker(reader, expire_on_commit=False)

    @classmethod
    def of(cls, config: Config) -> Sessions:
        return cls(make_engine(config))

    def writing(self) -> Session:
        return self._writing()

    def reading(self) -> Session:
        return self._reading()

    def after_fork(self) -> None:
        """Forget the connections that belong to the parent process, without closing them."""
        self._engine.dispose(close=False)

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._engine.dispose()


def _reader_options(engine: Engine) -> dict[str, object]:
    if engine.dialect.name == "sqlite":
        return {READ_ONLY: True}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
