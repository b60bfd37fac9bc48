"""Transactions that must see what the others did, one after the other."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def one_by_one(session: Session, number: int) -> None:
    """Wait until no other transaction holds this number, and hold it until this one ends.

    On SQLite there is nothing to wait for: a transaction that writes is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(number)))
