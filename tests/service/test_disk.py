"""A full disk is known as one, wherever it is met."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError, OperationalError

from service.disk import is_full


def test_a_file_that_finds_no_room() -> None:
    with pytest.raises(OSError, match="No space") as met:
        Path("/dev/full").write_bytes(b"x")
    assert is_full(met.value)
    assert not is_full(FileNotFoundError(2, "no such file"))


def test_an_sqlite_database_that_finds_no_room(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'small.db'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 2")
        connection.exec_driver_sql("CREATE TABLE t (content BLOB)")
        with pytest.raises(OperationalError) as met:
            connection.exec_driver_sql("INSERT INTO t VALUES (zeroblob(100000))")
        assert is_full(met.value)
        with pytest.raises(OperationalError) as other:
            connection.exec_driver_sql("SELECT * FROM nothing")
        assert not is_full(other.value)
    engine.dispose()


def test_a_postgres_that_finds_no_room() -> None:
    assert is_full(DBAPIError("INSERT …", None, psycopg.errors.DiskFull()))
    assert not is_full(DBAPIError("INSERT …", None, psycopg.errors.AdminShutdown()))
