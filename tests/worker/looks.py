"""Looks of `worker.tracking`, one at a time, and what they left in the database."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from service.database.mlflow_tables import MlflowRun
from service.database.sessions import Sessions
from service.database.types import now


class TrackingClock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def row_of(sessions: Sessions, job_id: str) -> MlflowRun:
    with sessions.reading() as session:
        return session.get_one(MlflowRun, job_id)


def make_due(sessions: Sessions, job_id: str) -> None:
    with sessions.writing() as session:
        session.execute(update(MlflowRun).values(next_attempt_at=now() - timedelta(seconds=1)))
        session.commit()
