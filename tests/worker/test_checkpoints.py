"""A job goes on from its last checkpoint, whatever came in between, to the same bits."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service import actions, checkpoints, leases, trained_models
from service.blobs import FileBlobs
from service.database.sessions import Sessions
from service.database.tables import Job
from service.errors import Conflict
from service.states import JobStatus
from worker.runner import Runner

Submit = Callable[..., str]
MakeRunner = Callable[..., Runner]
Look = Callable[[str], Job]
Rows = Callable[[str], list[Mapping[str, Any]]]

BODY: dict[str, Any] = {
    "epochs": 12,
    "seed": 11,
    "network": {"hidden": [{"units": 6, "activation": "tanh", "dropout": 0.2}]},
}
# Weights of more than 1 MiB
WIDE: dict[str, Any] = {
    "epochs": 4,
    "network": {"hidden": [{"units": 600, "activation": "relu"}] * 2},
}


class Hasty:
    """A clock by which each look is long after the one before: every epoch's end is saved."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        self._now += 10.0
        return self._now


@pytest.fixture
def at_epoch(sessions: Sessions, job: Look) -> Callable[..., Callable[[], bool]]:
    """Makes a `stopping` that acts once: when the given epoch is recorded and, unless told
    otherwise, saved too.
    """

    def make(
        job_id: str, epoch: int, act: Callable[..., object], saved: bool = True
    ) -> Callable[[], bool]:
        # It is asked between record and checkpoint first, and then amid the next epoch
        waiting = 1 if saved else 0

        def stopping() -> bool:
            nonlocal waiting
            if waiting >= 0 and (job(job_id).epoch or 0) >= epoch:
                if waiting == 0:
                    with sessions.writing() as session:
                        act(session)
                        session.commit()
                waiting -= 1
            return False

        return stopping

    return make


def ending(job: Job, rows: Rows) -> tuple[Any, ...]:
    shown = (job.weights_sha256, job.cost, job.validation_cost, job.metrics, job.best)
    return (*shown, job.model_epoch, rows(job.id))


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
) -> None:
    undisturbed = submit(**BODY)
    runner().run_until_idle()
    job_id = submit(**BODY)
    pausing = at_epoch(job_id, epoch, lambda session: actions.pause(session, "default", job_id))
    runner(clock=Hasty(), stopping=pausing).run_until_idle()
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
    assert ending(resumed, rows) == ending(job(undisturbed), rows)


@pytest.mark.parametrize("saved", [True, False])
@pytest.mark.parametrize("epoch", [1, 6])
def test_a_job_whose_worker_died_goes_on_from_its_checkpoint(
    epoch: int,
    saved: bool,
    submit: Submit,
    runner: MakeRunner,
    at_epoch: Callable[..., Any],
    job: Look,
    rows: Rows,
) -> None:
    undisturbed = submit(**BODY)
    runner().run_until_idle()
    job_id = submit(**BODY)

    def die(session: Any) -> None:
        while not leases.take_back(session, *leases.pulses(session)):
            pass

    runner(clock=Hasty(), stopping=at_epoch(job_id, epoch, die, saved)).run_until_idle()
    assert (job(job_id).status, job(job_id).lost) == (JobStatus.SUCCEEDED, 1)
    assert ending(job(job_id), rows) == ending(job(undisturbed), rows)


def test_a_retried_job_goes_on_from_its_checkpoint(
    sessions: Sessions,
    submit: Submit,
    runner: MakeRunner,
    at_epoch: Callable[..., Any],
    job: Look,
    rows: Rows,
    caplog: pytest.LogCaptureFixture,
) -> None:
    undisturbed = submit(**BODY)
    runner().run_until_idle()
    job_id = submit(**BODY)
    cancelling = at_epoch(job_id, 5, lambda session: actions.cancel(session, "default", job_id))
    runner(clock=Hasty(), stopping=cancelling).run_until_idle()
    with sessions.writing() as session:
        assert actions.retry(session, "default", job_id).stop_reason is None
        session.commit()
    caplog.set_level("INFO")
    runner().run_until_idle()
    assert "goes on after epoch 5" in caplog.text
    assert ending(job(job_id), rows) == ending(job(undisturbed), rows)


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


def test_what_is_large_lies_outside_and_the_old_goes_when_the_new_is_there(
    sessions: Sessions,
    blobs: FileBlobs,
    submit: Submit,
    runner: MakeRunner,
    at_epoch: Callable[..., Any],
    job: Look,
) -> None:
    job_id = submit(**WIDE)
    seen: list[str] = []

    def look(session: Any) -> None:
        seen.extend(name for name in blobs.names() if not name.startswith("aside"))
        saved = checkpoints.load(session, blobs, job_id)
        assert saved is not None
        assert saved.epoch == 2

    runner(clock=Hasty(), stopping=at_epoch(job_id, 2, look)).run_until_idle()
    assert len(seen) == 1
    assert seen[0].startswith(f"checkpoints/{job_id}_")
    (left,) = blobs.names()
    assert left.startswith(f"models/{job_id}_")
    model = trained_models.current(sessions, blobs, "default", job_id)
    assert model.weights_sha256 == job(job_id).weights_sha256
    with sessions.writing() as session:
        assert actions.delete(session, "default", job_id) == [left]


def test_a_worker_whose_job_is_gone_leaves_no_blob(
    blobs: FileBlobs, submit: Submit, runner: MakeRunner, sessions: Sessions
) -> None:
    job_id = submit(**WIDE)
    before: list[str] = []

    def cancel_and_delete() -> None:
        with sessions.writing() as session:
            actions.cancel(session, "default", job_id)
            before.extend(actions.delete(session, "default", job_id))
            session.commit()

    calls = iter(range(1_000_000))

    def stopping() -> bool:
        if next(calls) == 20:
            cancel_and_delete()
        return False

    # Without a beat: it is a write of the worker that tells it
    runner(clock=Hasty(), stopping=stopping, beat_seconds=60).run_until_idle()
    assert len(before) == 1
    assert list(blobs.names()) == before


def test_a_job_whose_checkpoint_is_lost_starts_over_to_the_same_end(
    blobs: FileBlobs,
    submit: Submit,
    runner: MakeRunner,
    at_epoch: Callable[..., Any],
    sessions: Sessions,
    job: Look,
    rows: Rows,
) -> None:
    undisturbed = submit(**WIDE)
    runner().run_until_idle()
    job_id = submit(**WIDE)
    pausing = at_epoch(job_id, 2, lambda session: actions.pause(session, "default", job_id))
    runner(clock=Hasty(), stopping=pausing).run_until_idle()
    for name in list(blobs.names()):
        if name.startswith("checkpoints"):
            blobs.delete(name)
    with sessions.writing() as session:
        actions.resume(session, "default", job_id)
        session.commit()
    runner().run_until_idle()
    assert ending(job(job_id), rows) == ending(job(undisturbed), rows)


class FullDisk(FileBlobs):
    """Has no room for checkpoints."""

    def put(self, name: str, content: bytes) -> None:
        if name.startswith("checkpoints"):
            raise OSError(errno.ENOSPC, "No space left on device")
        super().put(name, content)


def test_a_job_that_cannot_be_saved_is_trained_all_the_same(
    sessions: Sessions, tmp_path: Path, submit: Submit, runner: MakeRunner, job: Look, rows: Rows
) -> None:
    undisturbed = submit(**WIDE)
    runner().run_until_idle()
    job_id = submit(**WIDE)
    poor = FullDisk(tmp_path / "blobs")
    Runner(
        sessions, poor, "worker-2", environment={}, stopping=lambda: False, clock=Hasty()
    ).run_until_idle()
    assert ending(job(job_id), rows) == ending(job(undisturbed), rows)


def test_a_job_that_trains_for_too_long_fails_and_keeps_what_it_has(
    sessions: Sessions, blobs: FileBlobs, submit: Submit, runner: MakeRunner, job: Look, rows: Rows
) -> None:
    job_id = submit(epochs=1_000_000)
    runner(clock=Hasty(), most_seconds=500.0).run_until_idle()
    failed = job(job_id)
    assert (failed.status, failed.error_code) == (JobStatus.FAILED, "time_limit")
    assert "500 seconds" in failed.error_message
    assert [row["epoch"] for row in rows(job_id)] == list(range(failed.epoch + 1))
    model = trained_models.current(sessions, blobs, "default", job_id)
    assert len(model.predict(np.zeros((1, 4))).predictions) == 1


def test_a_difference_of_environment_is_told(
    sessions: Sessions,
    submit: Submit,
    runner: MakeRunner,
    at_epoch: Callable[..., Any],
    job: Look,
) -> None:
    job_id = submit(**BODY)
    pausing = at_epoch(job_id, 3, lambda session: actions.pause(session, "default", job_id))
    first = {"kernel": "Haswell", "threads": 1}
    runner(clock=Hasty(), stopping=pausing, environment=first).run_until_idle()
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
