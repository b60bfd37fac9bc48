"""Which ended jobs are to be written to MLflow, and who is writing which. Nothing here commits.

A job is found by having ended, so that nothing has to be noted when it does, and those that ended
while nobody looked are found too. One that is retried and ends again is written again, to the
same run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from service.database.inserts import insert_if_new
from service.database.mlflow_tables import MlflowRun
from service.database.tables import Job
from service.database.types import now

LEASE_SECONDS = 300.0
"""Longer than any single call of the tracking server may take; each step renews it."""


@dataclass(frozen=True, slots=True)
class Writing:
    """One job that is being written: the run it has, the last epoch there, and until when it is
    ours alone.
    """

    job_id: str
    tenant_id: str
    finished_at: datetime
    run_id: str | None
    epoch: int | None
    failures: int
    claimed_until: datetime


def is_any(session: Session, since: datetime, before: datetime | None) -> bool:
    """Whether there is anything to write: begun before, ended after `since`, or up to `before`."""
    places = [_due(), _fresh().where(Job.finished_at >= since)]
    if before is not None:
        places.append(_fresh().where(Job.finished_at <= before))
    return any(session.execute(place.limit(1)).first() is not None for place in places)


def claim_begun(session: Session, lease_seconds: float = LEASE_SECONDS) -> Writing | None:
    """Take the job that was begun and has been due for longest; None if there is none."""
    return _claim(session, _due(), lease_seconds)


def claim_recent(
    session: Session, since: datetime, lease_seconds: float = LEASE_SECONDS
) -> Writing | None:
    """Take the latest job that ended after `since`; None if there is none."""
    return _claim(session, _fresh().where(Job.finished_at >= since), lease_seconds)


def claim_earlier(
    session: Session, before: datetime, lease_seconds: float = LEASE_SECONDS
) -> Writing | None:
    """Take the latest job that had ended by `before`; None if there is none."""
    return _claim(session, _fresh().where(Job.finished_at <= before), lease_seconds)


def reached(
    session: Session,
    writing: Writing,
    run_id: str,
    epoch: int | None,
    lease_seconds: float = LEASE_SECONDS,
) -> Writing | None:
    """Note the run, and the last epoch it has; None if another has taken the job since."""
    until = now() + timedelta(seconds=lease_seconds)
    is_ours = _note(session, writing, run_id=run_id, epoch=epoch, claimed_until=until)
    if not is_ours:
        return None
    return replace(writing, run_id=run_id, epoch=epoch, claimed_until=until)


def written(session: Session, writing: Writing) -> bool:
    """Note that the job is written whole; False if another has taken it since."""
    ended = writing.finished_at
    return _note(session, writing, finished_at=ended, failures=0, claimed_until=None)


def failed(session: Session, writing: Writing, delay_seconds: float) -> bool:
    """Let it be tried again after that delay; False if another has taken it since."""
    again = now() + timedelta(seconds=delay_seconds)
    failures = writing.failures + 1
    return _note(session, writing, failures=failures, next_attempt_at=again, claimed_until=None)


def _claim(session: Session, candidates: Any, lease_seconds: float) -> Writing | None:
    row = session.execute(candidates.limit(1)).one_or_none()
    if row is None:
        return None
    moment = now()
    until = moment + timedelta(seconds=lease_seconds)
    job_id, tenant_id, finished_at, is_known = row
    if not is_known and not insert_if_new(
        session, MlflowRun, job_id=job_id, tenant_id=tenant_id, failures=0, next_attempt_at=moment
    ):
        return None
    ours = _update().where(MlflowRun.job_id == job_id, _is_free())
    values = {"finished_at": None, "claimed_until": until}
    kept = MlflowRun.run_id, MlflowRun.epoch, MlflowRun.failures
    found = session.execute(ours.values(values).returning(*kept)).one_or_none()
    if found is None:
        return None
    run_id, epoch, failures = found
    return Writing(job_id, tenant_id, finished_at, run_id, epoch, failures, until)


def _due() -> Any:
    """Those that were begun and are not whole, the longest due first."""
    joined = _shown().join(MlflowRun, MlflowRun.job_id == Job.id)
    waiting = joined.where(MlflowRun.finished_at.is_(None), Job.finished_at.is_not(None))
    due = waiting.where(MlflowRun.next_attempt_at <= now(), _is_free())
    return due.order_by(MlflowRun.next_attempt_at)


def _fresh() -> Any:
    """Those that ended since they were written, or were never begun, the latest first."""
    is_other = and_(MlflowRun.finished_at.is_not(None), MlflowRun.finished_at != Job.finished_at)
    joined = _shown().outerjoin(MlflowRun, MlflowRun.job_id == Job.id)
    chosen = joined.where(or_(MlflowRun.job_id.is_(None), is_other))
    return chosen.order_by(Job.finished_at.desc())


def _shown() -> Any:
    # Not by their status: what has no end has not ended, and the index of the ends is to be taken
    shown = Job.id, Job.tenant_id, Job.finished_at, MlflowRun.job_id.is_not(None)
    return select(*shown).select_from(Job).where(Job.is_removed.is_(False))


def _is_free() -> ColumnElement[bool]:
    return or_(MlflowRun.claimed_until.is_(None), MlflowRun.claimed_until <= now())


def _note(session: Session, writing: Writing, **values: Any) -> bool:
    mine = _update().where(
        MlflowRun.job_id == writing.job_id, MlflowRun.claimed_until == writing.claimed_until
    )
    noted = session.execute(mine.values(values).returning(MlflowRun.job_id))
    return noted.one_or_none() is not None


def _update() -> Any:
    return update(MlflowRun).execution_options(synchronize_session=False)
