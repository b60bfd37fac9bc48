"""Large checkpoints and models are files beside the database; none is lost and none is left."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

from service import actions, checkpoints, trained_models
from service.blobs import FileBlobs
from service.database.sessions import Sessions
from worker.runner import Runner

from .kinds import Clock, Ending, Look, MakeRunner, Submit

# Weights of more than 1 MiB
WIDE: dict[str, Any] = {
    "epochs": 4,
    "network": {"hidden": [{"units": 600, "activation": "relu"}] * 2},
}


def test_what_is_large_lies_outside_and_the_old_goes_when_the_new_is_there(
    sessions: Sessions,
    blobs: FileBlobs,
    submit: Submit,
    runner: MakeRunner,
    at_epoch: Callable[..., Any],
    job: Look,
    hasty: Clock,
) -> None:
    job_id = submit(**WIDE)
    seen: list[str] = []

    def look(session: Any) -> None:
        seen.extend(name for name in blobs.names() if not name.startswith("aside"))
        saved = checkpoints.load(session, blobs, job_id)
        assert saved is not None
        assert saved.epoch == 2

    runner(clock=hasty, stopping=at_epoch(job_id, 2, look)).run_until_idle()
    assert len(seen) == 1
    assert seen[0].startswith(f"checkpoints/{job_id}_")
    (left,) = blobs.names()
    assert left.startswith(f"models/{job_id}_")
    model = trained_models.current(sessions, blobs, "default", job_id)
    assert model.weights_sha256 == job(job_id).weights_sha256
    with sessions.writing() as session:
        assert actions.delete(session, "default", job_id) == [left]


def test_a_worker_whose_job_is_gone_leaves_no_blob(
    blobs: FileBlobs, submit: Submit, runner: MakeRunner, sessions: Sessions, hasty: Clock
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
    runner(clock=hasty, stopping=stopping, beat_seconds=60).run_until_idle()
    assert len(before) == 1
    assert list(blobs.names()) == before


def test_a_job_whose_checkpoint_is_lost_starts_over_to_the_same_end(
    blobs: FileBlobs,
    submit: Submit,
    runner: MakeRunner,
    at_epoch: Callable[..., Any],
    sessions: Sessions,
    hasty: Clock,
    ending: Ending,
) -> None:
    undisturbed = submit(**WIDE)
    runner().run_until_idle()
    job_id = submit(**WIDE)
    pausing = at_epoch(job_id, 2, lambda session: actions.pause(session, "default", job_id))
    runner(clock=hasty, stopping=pausing).run_until_idle()
    for name in list(blobs.names()):
        if name.startswith("checkpoints"):
            blobs.delete(name)
    with sessions.writing() as session:
        actions.resume(session, "default", job_id)
        session.commit()
    runner().run_until_idle()
    assert ending(job_id) == ending(undisturbed)


class FullDisk(FileBlobs):
    """Has no room for checkpoints."""

    def put(self, name: str, content: bytes) -> None:
        if name.startswith("checkpoints"):
            raise OSError(errno.ENOSPC, "No space left on device")
        super().put(name, content)


def test_a_job_that_cannot_be_saved_is_trained_all_the_same(
    sessions: Sessions,
    tmp_path: Path,
    submit: Submit,
    runner: MakeRunner,
    hasty: Clock,
    ending: Ending,
) -> None:
    undisturbed = submit(**WIDE)
    runner().run_until_idle()
    job_id = submit(**WIDE)
    poor = FullDisk(tmp_path / "blobs")
    Runner(
        sessions, poor, "worker-2", environment={}, stopping=lambda: False, clock=hasty
    ).run_until_idle()
    assert ending(job_id) == ending(undisturbed)
