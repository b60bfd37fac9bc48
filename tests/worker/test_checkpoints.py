"""A job goes on from its last checkpoint, whatever came in between, to the same bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from service import actions, checkpoints, datasets, leases, trained_models
from service.blobs import FileBlobs
from service.database.sessions import Sessions
from service.errors import Conflict
from service.states import JobStatus

from .kinds import Clock, Ending, Look, MakeRunner, Rows, Submit

BODY: dict[str, Any] = {
    "epochs": 12,
    "seed": 11,
    "network": {"hidden": [{"units": 6, "activation": "tanh", "dropout": 0.2}]},
}


@pytest.mark.parametrize("epoch", [1, 2, 6, 11])
def test_a_paused_job_ends_as_if_it_had_never_stopped(
    epoch: int,
    sessions: Sessions,
    submit: Submit,
    runner: MakeRunner,
    at_epoch: Callable[..., Any],
    job: Look,
    rows: Rows,
    caplog: pytest.LogCaptureFixture,
    hasty: Clock,
    ending: Ending,
) -> None:
    undisturbed = submit(**BODY)
    runner().run_until_idle()
    job_id = submit(**BODY)
    pausing = at_epoch(job_id, epoch, lambda session: actions.pause(session, "default", job_id))
    runner(clock=hasty, stopping=pausing).run_until_idle()
    paused = job(job_id)
    assert (paused.status, paused.finished_at) == (JobStatus.PAUSED, None)
    kept = rows(job_id)
    assert kept[-1]["epoch"] == paused.epoch
    with sessions.writing() as session:
        actions.resume(session, "default", job_id)
        session.commit()
    caplog.set_level("INFO")
    runner().run_until_idle()
    resumed = job(job_id)
    assert (resumed.status, resumed.attempt) == (JobStatus.SUCCEEDED, 2)
    assert f"goes on after epoch {paused.epoch}" in caplog.text
    assert ending(job_id) == ending(undisturbed)


@pytest.mark.parametrize("saved", [True, False])
@pytest.mark.parametrize("epoch", [1, 6])
def test_a_job_whose_worker_died_goes_on_from_its_checkpoint(
    epoch: int,
    saved: bool,
    submit: Submit,
    runner: MakeRunner,
    at_epoch: Callable[..., Any],
    job: Look,
    hasty: Clock,
    ending: Ending,
) -> None:
    undisturbed = submit(**BODY)
    runner().run_until_idle()
    job_id = submit(**BODY)

    def die(session: Any) -> None:
        while not leases.take_back(session, *leases.pulses(session)):
            pass

    runner(clock=hasty, stopping=at_epoch(job_id, epoch, die, saved)).run_until_idle()
    assert (job(job_id).status, job(job_id).lost) == (JobStatus.SUCCEEDED, 1)
    assert ending(job_id) == ending(undisturbed)


def test_a_retried_job_goes_on_from_its_checkpoint(
    sessions: Sessions,
    submit: Submit,
    runner: MakeRunner,
    at_epoch: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
    hasty: Clock,
    ending: Ending,
) -> None:
    undisturbed = submit(**BODY)
    runner().run_until_idle()
    job_id = submit(**BODY)
    cancelling = at_epoch(job_id, 5, lambda session: actions.cancel(session, "default", job_id))
    runner(clock=hasty, stopping=cancelling).run_until_idle()
    with sessions.writing() as session:
        assert actions.retry(session, "default", job_id).stop_reason is None
        session.commit()
    caplog.set_level("INFO")
    runner().run_until_idle()
    assert "goes on after epoch 5" in caplog.text
    assert ending(job_id) == ending(undisturbed)


def test_a_worker_that_stops_saves_the_job_it_hands_back(
    sessions: Sessions, submit: Submit, runner: MakeRunner, job: Look
) -> None:
    job_id = submit(epochs=1_000_000)
    calls = iter(range(1_000_000))
    runner(stopping=lambda: next(calls) > 200).run_until_idle()
    handed_back = job(job_id)
    assert handed_back.status is JobStatus.QUEUED
    with sessions.reading() as session:
        head = checkpoints.head(session, job_id)
    assert head is not None
    assert head.epoch == handed_back.epoch
    assert handed_back.epoch > 1


def test_a_job_that_trains_for_too_long_fails_and_keeps_what_it_has(
    sessions: Sessions,
    blobs: FileBlobs,
    submit: Submit,
    runner: MakeRunner,
    job: Look,
    rows: Rows,
    hasty: Clock,
) -> None:
    job_id = submit(epochs=1_000_000)
    runner(clock=hasty, most_seconds=500.0).run_until_idle()
    failed = job(job_id)
    assert (failed.status, failed.error_code) == (JobStatus.FAILED, "time_limit")
    assert "500 seconds" in failed.error_message
    assert [row["epoch"] for row in rows(job_id)] == list(range(failed.epoch + 1))
    model = trained_models.current(sessions, blobs, "default", job_id)
    assert len(model.predict(datasets.builtin("iris")).predictions) == 150


def test_a_difference_of_environment_is_told(
    sessions: Sessions,
    submit: Submit,
    runner: MakeRunner,
    at_epoch: Callable[..., Any],
    job: Look,
    hasty: Clock,
) -> None:
    job_id = submit(**BODY)
    pausing = at_epoch(job_id, 3, lambda session: actions.pause(session, "default", job_id))
    first = {"kernel": "Haswell", "threads": 1}
    runner(clock=hasty, stopping=pausing, environment=first).run_until_idle()
    assert job(job_id).environment_changes is None
    with sessions.writing() as session:
        actions.resume(session, "default", job_id)
        session.commit()
    runner(environment={"kernel": "Zen", "threads": 1}).run_until_idle()
    assert job(job_id).environment_changes == [
        {"attempt": 2, "epoch": 3, "name": "kernel", "before": "Haswell", "after": "Zen"}
    ]


def test_no_checkpoint_no_model(
    sessions: Sessions, blobs: FileBlobs, submit: Submit, runner: MakeRunner
) -> None:
    job_id = submit(**BODY)
    with pytest.raises(Conflict):
        trained_models.current(sessions, blobs, "default", job_id)
