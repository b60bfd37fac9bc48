"""The beat goes on while a job is worked on, and tells when the job is no longer the worker's."""

from __future__ import annotations

import threading

from service.heartbeat import Heartbeat


def test_it_beats_until_the_work_is_over() -> None:
    beats: list[int] = []
    several = threading.Event()

    def beat() -> bool:
        beats.append(len(beats))
        if len(beats) >= 3:
            several.set()
        return True

    with Heartbeat(beat, 0.001) as heart:
        assert several.wait(10)
        assert not heart.lost
    assert "heartbeat" not in {thread.name for thread in threading.enumerate()}


def test_a_lost_claim_is_told_and_ends_it() -> None:
    beats = iter([True, True, False])
    ended = threading.Event()

    def beat() -> bool:
        holds = next(beats)  # raises, and so would be heard of, if it went on
        if not holds:
            ended.set()
        return holds

    with Heartbeat(beat, 0.001) as heart:
        assert ended.wait(10)
    assert heart.lost


def test_a_beat_that_does_not_arrive_is_tried_again() -> None:
    again = threading.Event()
    failures = iter([ConnectionError("gone"), TimeoutError("late")])

    def beat() -> bool:
        for failure in failures:
            raise failure
        again.set()
        return True

    with Heartbeat(beat, 0.001) as heart:
        assert again.wait(10)
        assert not heart.lost


def test_short_work_needs_no_beat() -> None:
    beats: list[bool] = []

    def beat() -> bool:
        beats.append(True)
        return True

    with Heartbeat(beat, 60) as heart:
        pass
    assert beats == []
    assert not heart.lost
