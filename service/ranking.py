"""Which queued job is next: the one of lowest rank, in which priority and waiting both count.

A rank is fixed when a job enters the queue: the time, less `AGE_SECONDS` for each priority. So a
job overtakes those of lower priority, but none that has waited for `AGE_SECONDS` more for each
priority it lacks; and an index on the rank alone finds the next job.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, cast

from service.database.tables import Job

AGE_SECONDS = 600
MICROSECONDS = 1_000_000


def rank_of(entered_at: datetime, priority: int) -> int:
    """The rank, in microseconds, of a job that enters the queue at that time."""
    return round(entered_at.timestamp() * MICROSECONDS) - priority * AGE_SECONDS * MICROSECONDS


def entered_at() -> ColumnElement[int]:
    """When a queued job entered the queue, in microseconds since 1970."""
    return Job.rank + cast(Job.priority, BigInteger) * (AGE_SECONDS * MICROSECONDS)


def rank_anew(entered_at: datetime) -> ColumnElement[int]:
    """The same in SQL, for a job that enters the queue again."""
    ahead = cast(Job.priority, BigInteger) * (AGE_SECONDS * MICROSECONDS)
    return rank_of(entered_at, 0) - ahead
