"""How much there is to do, and who is there to do it: what the database alone can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import presence, ranking
from service.database.tables import Job
from service.database.types import now
from service.states import PAUSED, QUEUED, RUNNING

KINDS = (presence.API, presence.WORKER, presence.SCHEDULER)
UNFINISHED = (QUEUED, RUNNING, PAUSED)


@dataclass(frozen=True, slots=True)
class Numbers:
    """`jobs` by status, of those that are not finished; `processes` by kind; `totals` as
    `service.counting` keys them, since the database was made.
    """

    jobs: Mapping[str, int]
    oldest_queued_seconds: float
    processes: Mapping[str, int]
    totals: Mapping[str, int]


def look(session: Session) -> Numbers:
    """Count, by an index that finished jobs have no part in."""
    return Numbers(
        jobs=_unfinished(session),
        oldest_queued_seconds=_oldest_queued_seconds(session),
        processes=presence.seen_lately(session),
        totals=presence.totals(session),
    )


def _unfinished(session: Session) -> dict[str, int]:
    by_status = select(Job.status, func.count()).where(Job.status.in_(UNFINISHED))
    found = {
        str(status): count for status, count in session.execute(by_status.group_by(Job.status))
    }
    return {str(status): found.get(str(status), 0) for status in UNFINISHED}


def _oldest_queued_seconds(session: Session) -> float:
    queued = select(func.min(ranking.entered_at())).where(Job.status == QUEUED)
    entered_at = session.scalar(queued)
    if entered_at is None:
        return 0.0
    return max(0.0, now().timestamp() - entered_at / ranking.MICROSECONDS)
