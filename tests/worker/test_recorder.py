"""Records are written together when epochs are fast, and soon when they are slow."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.records import EpochRecord
from worker.recorder import Recorder


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def written() -> list[list[int]]:
    """The epochs of each write."""
    return []


@pytest.fixture
def recorder(clock: Clock, written: list[list[int]]) -> Recorder:
    def write(records: Sequence[EpochRecord]) -> None:
        written.append([record.epoch for record in records])

    return Recorder(write, clock)


def record(epoch: int) -> EpochRecord:
    return EpochRecord(epoch, 1.0, None, None, None, None, 0.1, True, 0.001)


def test_fast_epochs_share_a_write(
    recorder: Recorder, clock: Clock, written: list[list[int]]
) -> None:
    for epoch in range(6):
        recorder.add(record(epoch))
        clock.now += 0.125
    assert written == [[0, 1, 2, 3, 4]]
    assert [waiting.epoch for waiting in recorder.take()] == [5]


def test_a_slow_epoch_does_not_hold_back_the_one_before(
    recorder: Recorder, clock: Clock, written: list[list[int]]
) -> None:
    recorder.add(record(0))
    clock.now += 0.6  # in the midst of the next epoch, between two batches
    recorder.tick()
    assert written == [[0]]
    assert list(recorder.take()) == []


def test_nothing_is_written_where_nothing_is_new(
    recorder: Recorder, clock: Clock, written: list[list[int]]
) -> None:
    for _ in range(3):
        clock.now += 1
        recorder.tick()
    assert written == []
