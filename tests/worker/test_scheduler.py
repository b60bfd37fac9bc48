"""What runs by the clock goes on, whatever becomes of a duty."""

from __future__ import annotations

import threading

from worker.scheduler import Scheduler


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
