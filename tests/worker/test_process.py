"""A process told to end hands its job back first."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from worker.process import Process
from worker.stop_flag import StopFlag


class EndedError(Exception):
    """The process would be gone now."""


@pytest.fixture(autouse=True)
def ending() -> Iterator[None]:
    """SIGTERM ends this process's present test, not the process."""

    def end(*_: object) -> None:
        raise EndedError

    before = signal.signal(signal.SIGTERM, end)
    yield
    signal.signal(signal.SIGTERM, before)


class Work:
    """Work that, in its midst, gets a SIGTERM or does not, and ends when told to stop."""

    def __init__(self, stopping: Callable[[], bool], signalled: bool) -> None:
        self.stopping = stopping
        self.signalled = signalled
        self.handed_back = False

    def run_until_idle(self) -> None:
        if self.signalled:
            os.kill(os.getpid(), signal.SIGTERM)
        self.handed_back = self.stopping()


def process(signalled: bool, worker_stopping: Callable[[], bool]) -> tuple[Process, list[Work]]:
    made: list[Work] = []

    def make(stopping: Callable[[], bool]) -> Work:
        made.append(Work(stopping, signalled))
        return made[0]

    started = Process(make, worker_stopping)
    started.start()
    return started, made


def test_undisturbed_it_works_and_stays() -> None:
    started, (work,) = process(signalled=False, worker_stopping=lambda: False)
    started.run_until_idle()
    assert not work.handed_back


def test_told_alone_it_hands_back_and_then_ends() -> None:
    started, (work,) = process(signalled=True, worker_stopping=lambda: False)
    with pytest.raises(EndedError):
        started.run_until_idle()
    assert work.handed_back


def test_it_hands_back_and_stays_where_the_worker_as_a_whole_stops() -> None:
    started, (work,) = process(signalled=False, worker_stopping=lambda: True)
    started.run_until_idle()
    assert work.handed_back


# Python 3.12 warns of forking beside threads; the child here does nothing but set the flag.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_the_flag_is_seen_in_forked_processes() -> None:
    flag = StopFlag()
    assert not flag.is_set()
    child = os.fork()
    if child == 0:
        flag.set()
        os._exit(0)
    os.waitpid(child, 0)
    assert flag.is_set()
