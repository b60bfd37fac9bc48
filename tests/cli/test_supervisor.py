"""What `descentd up` rests on: parts come back when they die, and end with their supervisor."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from cli.supervisor import Part, Supervisor

ROOT = Path(__file__).resolve().parents[2]

# A part says in a file that it lives, and on SIGTERM that it leaves. It is given its lifeline last.
PART = """
import os, pathlib, signal, sys, threading
from cli import lifeline
note = pathlib.Path(sys.argv[1])
over = threading.Event()
def leave(*_):
    with note.open("a") as file: file.write(f"left {os.getpid()}\\n")
    over.set()
signal.signal(signal.SIGTERM, signal.SIG_IGN if "stubborn" in sys.argv else leave)
if "--lifeline" in sys.argv: lifeline.watch(int(sys.argv[-1]))
with note.open("a") as file: file.write(f"lives {os.getpid()}\\n")
over.wait()
"""


class Note:
    """What a part wrote, line by line, as a FIFO so that a test waits without looking."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "note"
        os.mkfifo(self.path)
        # Opened for both, so that it has no end while parts come and go.
        self._file = os.fdopen(os.open(self.path, os.O_RDWR), "r", buffering=1)

    def next(self) -> tuple[str, int]:
        word, pid = self._file.readline().split()
        return word, int(pid)

    def close(self) -> None:
        self._file.close()


@pytest.fixture
def note(tmp_path: Path) -> Iterator[Note]:
    opened = Note(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def running(note: Note) -> Iterator[Callable[..., Supervisor]]:
    """Starts supervisors in threads; stops them afterwards."""
    started: list[tuple[Supervisor, threading.Thread]] = []

    def run(*words: str) -> Supervisor:
        supervisor = Supervisor({**os.environ, "PYTHONPATH": str(ROOT)})
        parts = [part(note, *words)]
        thread = threading.Thread(target=supervisor.run, args=(parts,))
        thread.start()
        started.append((supervisor, thread))
        return supervisor

    yield run
    for supervisor, thread in started:
        supervisor.stop()
        thread.join()


def part(note: Note, *words: str) -> Part:
    return Part("part", [sys.executable, "-c", PART, str(note.path), *words])


def gone(pid: int, seconds: float = 20.0) -> bool:
    """Wait for the end of a process that need not be a child of this one."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(watched):
        return bool(select.select([watched], [], [], seconds)[0])


def test_a_part_that_dies_is_started_again(note: Note, running: Callable[..., Supervisor]) -> None:
    running()
    _, first = note.next()
    os.kill(first, signal.SIGKILL)
    word, second = note.next()
    assert word == "lives"
    assert second != first


def test_stopping_lets_parts_leave_in_order(note: Note, running: Callable[..., Supervisor]) -> None:
    supervisor = running()
    lives, pid = note.next()
    supervisor.stop()
    assert (lives, note.next()) == ("lives", ("left", pid))
    assert gone(pid)


def test_nothing_is_started_again_once_stopping(
    note: Note, running: Callable[..., Supervisor]
) -> None:
    supervisor = running()
    _, pid = note.next()
    supervisor.stop()
    supervisor.stop()
    assert gone(pid)
    assert note.next() == ("left", pid)
    running()  # the next line is this one's, not one of a part that came back
    assert note.next()[0] == "lives"


def test_a_command_that_runs_once_gives_its_exit_code() -> None:
    failing = Part("failing", [sys.executable, "-c", "raise SystemExit(7)"])
    assert Supervisor(dict(os.environ)).run_once(failing) == 7


def test_a_command_that_runs_once_can_be_stopped(note: Note) -> None:
    supervisor = Supervisor({**os.environ, "PYTHONPATH": str(ROOT)})
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(supervisor.run_once(part(note))))
    thread.start()
    note.next()
    supervisor.stop()
    thread.join(20)
    assert codes == [0]
    assert supervisor.stopping


SUPERVISOR = """
import os, sys
from cli.supervisor import Part, Supervisor
supervisor = Supervisor(dict(os.environ))
with supervisor.handling_signals():
    supervisor.run([Part("part", [sys.executable, "-c", *sys.argv[1:]])])
"""


@pytest.fixture
def apart(note: Note) -> Iterator[subprocess.Popen[bytes]]:
    """A supervisor in a process of its own, with one part."""
    command = [sys.executable, "-c", SUPERVISOR, PART, str(note.path)]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}) as process:
        yield process
        process.kill()


def test_a_killed_supervisor_takes_its_parts_along(
    note: Note, apart: subprocess.Popen[bytes]
) -> None:
    _, pid = note.next()
    apart.kill()
    assert note.next() == ("left", pid)
    assert gone(pid)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_everything_and_is_no_failure(
    note: Note, apart: subprocess.Popen[bytes], number: signal.Signals
) -> None:
    _, pid = note.next()
    started = monotonic()
    apart.send_signal(number)
    assert apart.wait(20) == 0
    assert monotonic() - started < 5
    assert gone(pid, 0)
