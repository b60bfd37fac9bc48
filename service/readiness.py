"""Whether each part the service needs is fit, and what is wrong where one is not."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service.database.revisions import schema_state
from service.database.sessions import Sessions

FIT = "ok"


def parts(sessions: Sessions, broker_answers: Callable[[], bool]) -> dict[str, str]:
    """By the part's name: `ok`, or what is wrong with it."""
    return {
        "database": _database(sessions),
        "migrations": _migrations(sessions),
        "broker": FIT if broker_answers() else "does not answer",
    }


def _database(sessions: Sessions) -> str:
    try:
        with sessions.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "does not answer"
    return FIT


def _migrations(sessions: Sessions) -> str:
    try:
        with sessions.reading() as session:
            state = schema_state(session)
    except SQLAlchemyError:
        return "unknown: the database does not answer"
    return FIT if state.fits else state.fault
