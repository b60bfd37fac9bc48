"""Dates as numbers: seconds since 1970-01-01T00:00:00Z, leap seconds not counted."""

from __future__ import annotations

from datetime import UTC, datetime

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def seconds_of(text: str) -> float:
    """The seconds of an ISO 8601 date, with or without a time; UTC where no zone is named.

    Raises ValueError.
    """
    found = datetime.fromisoformat(text)
    moment = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return (moment - EPOCH).total_seconds()
