"""A job's way through a worker: trained and recorded, once, whatever comes in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service import actions, datasets, leases, trained_models
from service.blobs import FileBlobs
from service.database.sessions import Sessions
from service.states import JobStatus
from worker.runner import Runner

from .kinds import Look, MakeRunner, Rows, Submit

# Far more than a test waits for.
ENDLESS = {"epochs": 1_000_000, "validation": None}


def at_call(number: int, act: Callable[[], object], answer: bool = False) -> Callable[[], bool]:
    """A `stopping` that acts when asked for the ``number``-th time, and answers from then on.

    The runner asks between batches: so the test acts in the midst of training.
    """
    calls = 0

    def stopping() -> bool:
        nonlocal calls
        calls += 1
        if calls == number:
            act()
        return answer and calls >= number

    return stopping


def test_a_job_succeeds_with_its_whole_history_and_its_model(
    sessions: Sessions, blobs: FileBlobs, submit: Submit, runner: MakeRunner, job: Look, rows: Rows
) -> None:
    job_id = submit(epochs=5)
    runner().run_until_idle()
    done = job(job_id)
    assert (done.status, done.stop_reason, done.attempt) == (JobStatus.SUCCEEDED, "epochs", 1)
    assert done.environment == {"threads": 1}
    assert [row["epoch"] for row in rows(job_id)] == [0, 1, 2, 3, 4, 5]
    with sessions.reading() as session:
        model = trained_models.load(session, blobs, "default", job_id)
    assert model.weights_sha256 == done.weights_sha256


def test_a_search_for_a_learning_rate_is_kept_with_the_first_record(
    submit: Submit, runner: MakeRunner, job: Look, rows: Rows, watchful: Callable[[], float]
) -> None:
    auto = {"kind": "momentum", "learning_rate": "auto"}
    job_id = submit(**ENDLESS, optimizer=auto)
    seen: list[Any] = []

    def look() -> None:
        seen.append((job(job_id).learning_rate_search, job(job_id).epoch))

    runner(stopping=at_call(50, look, answer=True), clock=watchful).run_until_idle()
    assert seen == [(None, None)]  # in the midst of the search
    after_it = 1000
    runner(stopping=at_call(after_it, lambda: None, answer=True), clock=watchful).run_until_idle()
    found = job(job_id).learning_rate_search
    assert found is not None
    assert found["learning_rate"] == rows(job_id)[1]["learning_rate"]
    assert job(job_id).status is JobStatus.QUEUED
    runner(stopping=at_call(after_it, lambda: None, answer=True), clock=watchful).run_until_idle()
    assert job(job_id).learning_rate_search == found


def test_all_queued_jobs_are_carried_out_the_most_urgent_first(
    submit: Submit, runner: MakeRunner, job: Look
) -> None:
    ids = [submit(priority=priority) for priority in (1, 9, 5)]
    runner().run_until_idle()
    finished = sorted((job(job_id) for job_id in ids), key=lambda done: done.finished_at)
    assert [done.priority for done in finished] == [9, 5, 1]


def test_a_job_that_cannot_be_carried_out_fails_and_the_next_goes_on(
    sessions: Sessions,
    blobs: FileBlobs,
    store: Callable[..., str],
    submit: Submit,
    runner: MakeRunner,
    job: Look,
) -> None:
    dataset_id = store([[0.0], [1.0]], [0.0, 1.0])
    broken, sound = submit(dataset=dataset_id), submit()
    with sessions.reading() as session:
        blobs.delete(datasets.get(session, "default", dataset_id).blob)
    runner().run_until_idle()
    failed = job(broken)
    assert (failed.status, failed.stop_reason) == (JobStatus.FAILED, "error")
    assert failed.error_code == "internal_error"
    assert "FileNotFoundError" in failed.error_message
    assert job(sound).status is JobStatus.SUCCEEDED


def test_descent_that_runs_away_fails_the_job_and_keeps_its_history(
    submit: Submit, runner: MakeRunner, job: Look, rows: Rows
) -> None:
    steep = {"kind": "gradient_descent", "learning_rate": 1e30}
    hidden = {"hidden": [{"units": 8, "activation": "relu"}], "output": "linear"}
    job_id = submit(epochs=50, optimizer=steep, network=hidden, cost="mse", task="multiclass")
    runner().run_until_idle()
    assert (job(job_id).status, job(job_id).stop_reason) == (JobStatus.FAILED, "diverged")
    assert job(job_id).error_code == "diverged"
    assert rows(job_id)[-1]["epoch"] < 50


def test_a_cancelled_job_is_left_within_the_next_beat(
    sessions: Sessions, submit: Submit, runner: MakeRunner, job: Look
) -> None:
    job_id = submit(**ENDLESS)

    def cancel() -> None:
        with sessions.writing() as session:
            actions.cancel(session, "default", job_id)
            session.commit()

    runner(stopping=at_call(10, cancel)).run_until_idle()
    assert job(job_id).status is JobStatus.CANCELLED
    assert job(job_id).stop_reason == "cancelled"


def test_a_worker_that_stops_hands_its_job_back(
    submit: Submit, runner: MakeRunner, job: Look, rows: Rows
) -> None:
    job_id = submit(**ENDLESS)
    runner(stopping=at_call(100, lambda: None, answer=True)).run_until_idle()
    assert job(job_id).status is JobStatus.QUEUED
    assert job(job_id).worker_id is None
    epochs = [row["epoch"] for row in rows(job_id)]
    assert epochs == list(range(len(epochs)))
    assert len(epochs) > 1


def test_the_next_attempt_ends_as_if_there_had_been_no_other(
    submit: Submit, runner: MakeRunner, job: Look, rows: Rows, watchful: Callable[[], float]
) -> None:
    body = {"epochs": 40, "seed": 7}
    straight, interrupted = submit(**body, priority=9), submit(**body)
    cut = at_call(300, lambda: None, answer=True)
    runner(stopping=cut, clock=watchful).run_until_idle()
    assert job(interrupted).status is JobStatus.QUEUED
    runner().run_until_idle()
    assert job(interrupted).attempt == 2
    assert rows(interrupted) == rows(straight)
    assert job(interrupted).weights_sha256 == job(straight).weights_sha256


def test_a_job_taken_back_is_no_longer_touched(
    sessions: Sessions, submit: Submit, runner: MakeRunner, job: Look, rows: Rows
) -> None:
    job_id = submit(**ENDLESS)
    before: list[Any] = []

    def take_back() -> None:
        before.extend(rows(job_id))
        with sessions.writing() as session:
            # A beat may come between the look and the taking back
            while not leases.take_back(session, *leases.pulses(session)):
                pass
            actions.cancel(session, "default", job_id)
            session.commit()

    runner(stopping=at_call(10, take_back)).run_until_idle()
    assert job(job_id).status is JobStatus.CANCELLED
    assert rows(job_id) == before


class FailingSessions:
    """Sessions on a database that goes out of reach at the ``number``-th write."""

    def __init__(self, sessions: Sessions, number: int) -> None:
        self._sessions = sessions
        self._left = number
        self.reading = sessions.reading

    def writing(self) -> Session:
        self._left -= 1
        if self._left <= 0:
            raise OperationalError("BEGIN", {}, ConnectionError("gone"))
        return self._sessions.writing()


def test_a_database_out_of_reach_leaves_the_job_to_another_attempt(
    sessions: Sessions, blobs: FileBlobs, submit: Submit, runner: MakeRunner, job: Look
) -> None:
    job_id = submit()
    losing = Runner(
        FailingSessions(sessions, 2),  # type: ignore[arg-type]
        blobs,
        "worker-2",
        environment={},
        stopping=lambda: False,
    )
    with pytest.raises(OperationalError):
        losing.run_until_idle()
    assert job(job_id).status is JobStatus.RUNNING


def test_a_stopping_worker_claims_nothing(submit: Submit, runner: MakeRunner, job: Look) -> None:
    job_id = submit()
    runner(stopping=lambda: True).run_until_idle()
    assert job(job_id).status is JobStatus.QUEUED


def test_nothing_is_claimed_on_a_database_of_another_version(
    sessions: Sessions, submit: Submit, runner: MakeRunner, job: Look
) -> None:
    job_id = submit()

    def move(revision: str) -> str:
        with sessions.writing() as session:
            before: str = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
            session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
            session.commit()
        return before

    own = move("9999")
    worker = runner()
    worker.run_until_idle()
    assert (job(job_id).status, job(job_id).attempt) == (JobStatus.QUEUED, 0)
    move(own)
    worker.run_until_idle()
    assert job(job_id).status is JobStatus.SUCCEEDED
