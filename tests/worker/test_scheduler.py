"""What runs by the clock goes on, whatever becomes of a duty."""

from __future__ import annotations

import threading

import pytest

from service.errors import Unfit
from worker.scheduler import Scheduler, every, where_fit


def test_a_duty_that_fails_holds_up_neither_the_others_nor_itself() -> None:
    over = threading.Event()
    tried: list[str] = []

    def failing() -> None:
        tried.append("failing")
        raise ConnectionError("gone")

    def sound() -> None:
        tried.append("sound")
        if tried.count("sound") == 3:
            over.set()

    Scheduler([failing, sound], over).run(0.001)
    assert tried == ["failing", "sound"] * 3


def test_it_ends_when_told_without_waiting_for_the_interval() -> None:
    over = threading.Event()
    thread = threading.Thread(target=Scheduler([over.set], over).run, args=(3600.0,))
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_duty_with_an_interval_of_its_own_is_done_at_once_and_then_when_it_is_due() -> None:
    clock, done = Clock(), []
    duty = every(600.0, lambda: done.append(clock.now), clock)
    for clock.now in (1000.0, 1001.0, 1599.0, 1600.0, 1700.0, 2199.0, 2200.0):
        duty()
    assert done == [1000.0, 1600.0, 2200.0]


def test_a_duty_with_an_interval_that_failed_is_tried_at_the_next_look() -> None:
    clock, tried = Clock(), []

    def failing_once() -> None:
        tried.append(clock.now)
        if len(tried) == 1:
            raise ConnectionError("gone")

    duty = every(600.0, failing_once, clock)
    assert duty.__name__ == "failing_once"
    with pytest.raises(ConnectionError):
        duty()
    for clock.now in (1001.0, 1002.0):
        duty()
    assert tried == [1000.0, 1001.0]


def test_a_duty_is_left_where_the_schema_does_not_fit() -> None:
    done: list[str] = []

    class Schema:
        fits = False

        def require(self) -> None:
            if not self.fits:
                raise Unfit("another version")

    schema = Schema()
    duty = where_fit(schema, lambda: done.append("done"))
    duty()
    assert done == []
    schema.fits = True
    duty()
    assert done == ["done"]
