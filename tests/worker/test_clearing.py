"""What no row names is cleared away after an hour, and nothing that one names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.blobs import FileBlobs
from service.database.sessions import Sessions
from service.database.tables import TrainedModel
from worker.clearing import UNNAMED_SECONDS, Clearing


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def clearing(sessions: Sessions, blobs: FileBlobs, clock: Clock) -> Clearing:
    return Clearing(sessions, blobs, clock)


def test_what_nothing_names_goes_after_an_hour(
    clearing: Clearing, blobs: FileBlobs, clock: Clock, store: Callable[..., str]
) -> None:
    dataset = store([[0.0], [1.0]], [0.0, 1.0])
    blobs.put("checkpoints/left", b"1")
    clearing.clear_unnamed_blobs()
    clock.now += UNNAMED_SECONDS - 1
    blobs.put("checkpoints/young", b"1")
    clearing.clear_unnamed_blobs()
    assert set(blobs.names()) == {
        f"datasets/{dataset}.json",
        "checkpoints/left",
        "checkpoints/young",
    }
    clock.now += 1
    clearing.clear_unnamed_blobs()
    assert set(blobs.names()) == {f"datasets/{dataset}.json", "checkpoints/young"}


def test_a_name_that_a_row_takes_in_time_stays(
    clearing: Clearing,
    blobs: FileBlobs,
    clock: Clock,
    sessions: Sessions,
    submit: Callable[..., str],
) -> None:
    blobs.put("models/m", b"1")
    clearing.clear_unnamed_blobs()
    job_id = submit()
    with sessions.writing() as session:
        row = {"job_id": job_id, "tenant_id": "default", "epoch": 1, "content": b""}
        session.add(TrainedModel(**row, blob="models/m"))
        session.commit()
    for _ in range(3):
        clock.now += UNNAMED_SECONDS
        clearing.clear_unnamed_blobs()
    assert set(blobs.names()) == {"models/m"}
