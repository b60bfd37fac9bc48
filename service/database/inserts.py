"""Inserts that let a unique key decide who was first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.database.base import Base


def insert_if_new(session: Session, table: type[Base], **values: Any) -> bool:
    """Add the row and answer True, or answer False where its key is taken.

    While another transaction holds the same key uncommitted, this waits for its end.
    """
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    added = insert(table).values(**values).on_conflict_do_nothing()
    return session.execute(added.returning(*inspect(table).primary_key)).one_or_none() is not None
