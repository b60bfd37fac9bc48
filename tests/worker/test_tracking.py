"""Ended jobs are given to a writer one after the other, and again where it fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from service import mlflow_runs
from service.database.sessions import Sessions
from service.database.tables import Job
from service.database.types import now
from service.mlflow_runs import Writing

from .kinds import MakeRunner, Submit
from .looks import TrackingClock, make_due


class Notes:
    """A writer that notes whom it was given, and fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.given: list[str] = []
        self.failures = failures

    def write(self, writing: Writing, reached: Callable[[str, int | None], None]) -> None:
        self.given.append(writing.job_id)
        reached(f"run of {writing.job_id}", 1)
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the server is away")


def test_jobs_wait_while_the_server_is_away(
    submit: Submit,
    runner: MakeRunner,
    track: Any,
    tracking_clock: TrackingClock,
    sessions: Sessions,
) -> None:
    first, second = submit(), submit()
    runner().run_until_idle()
    notes = Notes(failures=1)
    track(notes)
    assert notes.given == [second], "the latest first, and nothing more after a failure"
    make_due(sessions, second)
    track(notes)
    assert notes.given == [second]
    tracking_clock.now += 5.0
    track(notes)
    assert notes.given == [second, second, first]
    track(notes)
    assert len(notes.given) == 3


def test_a_job_is_written_by_one_and_taken_over_from_one_that_died(
    submit: Submit, runner: MakeRunner, sessions: Sessions
) -> None:
    job_id = submit()
    runner().run_until_idle()

    def claim(lease_seconds: float) -> Writing | None:
        with sessions.writing() as session:
            taken = mlflow_runs.claim_begun(session, lease_seconds)
            taken = taken or mlflow_runs.claim_earlier(session, now(), lease_seconds)
            session.commit()
            return taken

    dead = claim(0.0)
    assert dead is not None
    alive = claim(300.0)
    assert alive is not None
    assert alive.job_id == job_id
    assert claim(300.0) is None
    with sessions.writing() as session:
        assert mlflow_runs.reached(session, dead, "run", 1) is None
        assert not mlflow_runs.failed(session, dead, 1.0)
        assert not mlflow_runs.written(session, dead)
        assert mlflow_runs.written(session, alive)


def test_jobs_of_long_ago_are_found_by_a_look_at_all_from_the_latest_back(
    submit: Submit,
    runner: MakeRunner,
    track: Any,
    tracking_clock: TrackingClock,
    sessions: Sessions,
) -> None:
    ids = [submit() for _ in range(4)]
    runner().run_until_idle()
    ages = {ids[0]: 30, ids[1]: 2, ids[2]: 9, ids[3]: 9}

    def age() -> None:
        with sessions.writing() as session:
            for job_id, days in ages.items():
                ended = update(Job).where(Job.id == job_id)
                session.execute(ended.values(finished_at=now() - timedelta(days=days)))
            session.commit()

    age()
    notes = Notes()
    track(notes)
    assert notes.given[0] == ids[1]
    assert notes.given[3] == ids[0]
    assert set(notes.given) == set(ids)
    age()  # as if all had been retried, and had ended long ago by a clock that was wrong
    track(notes)
    assert len(notes.given) == 4, "not at every look"
    tracking_clock.now += 3600.0
    track(notes)
    assert len(notes.given) == 8
