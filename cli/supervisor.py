"""Keeps processes running: starts them, starts them again when they die, stops them all."""

from __future__ import annotations

import logging
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from types import FrameType

STOPPING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SHORTEST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 10.0
# A part that lived so long had started well; its next death is a new misfortune.
HEALTHY_SECONDS = 10.0
GRACE_SECONDS = 15.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """A process to run, by the name it has in the log."""

    name: str
    command: Sequence[str]


@dataclass(slots=True)
class _Life:
    """What is known of one part: its process while it runs, and when it is to start again."""

    part: Part
    process: subprocess.Popen[bytes] | None = None
    exit_code: int = 0
    started: float = 0.0
    pause_seconds: float = SHORTEST_PAUSE_SECONDS
    due: float | None = None


@dataclass(slots=True)
class Supervisor:
    """Runs parts as child processes, each in a session of its own, on a shared lifeline.

    All that happens, an exit or a wish to stop, comes through one queue and is dealt with by the
    one thread that runs the parts.
    """

    environ: Mapping[str, str]
    clock: Callable[[], float] = monotonic
    stopping: bool = False
    _lives: list[_Life] = field(default_factory=list)
    # Of the simple kind, since a signal may come in the middle of a put.
    _events: queue.SimpleQueue[Callable[[], None]] = field(default_factory=queue.SimpleQueue)
    # The write end stays open, and nothing is written, for as long as this process lives.
    _lifeline: tuple[int, int] = field(default_factory=os.pipe)

    def stop(self) -> None:
        """Ask for an orderly end; safe in a signal handler and in any thread."""
        self._events.put(self._begin_to_stop)

    @contextmanager
    def handling_signals(self) -> Iterator[None]:
        """Take SIGTERM, SIGINT and SIGHUP as the wish to stop."""

        def handle(_signal: int, _frame: FrameType | None) -> None:
            self.stop()

        before = {name: signal.signal(name, handle) for name in STOPPING_SIGNALS}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def run_once(self, part: Part) -> int:
        """Run a part to its end and return its exit code, negative for a signal."""
        life = _Life(part)
        self._lives = [life]
        self._start(life)
        while life.process is not None:
            self._await_event(None)
        return life.exit_code

    def run(self, parts: Sequence[Part]) -> None:
        """Keep the parts running until asked to stop; return when all of them have ended."""
        self._lives = [_Life(part) for part in parts]
        for life in self._lives:
            self._start(life)
        while not self.stopping:
            self._await_event(self._seconds_to_next_start())
            self._revive_the_dead()
        self._wait_for_all()

    def _await_event(self, seconds: float | None) -> bool:
        """Deal with the next event; False if none came within ``seconds``."""
        try:
            event = self._events.get(timeout=seconds)
        except queue.Empty:
            return False
        event()
        return True

    def _start(self, life: _Life) -> None:
        end = self._lifeline[0]
        life.process = subprocess.Popen(  # noqa: S603 - commands of our own
            [*life.part.command, "--lifeline", str(end)],
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            pass_fds=[end],
            # Ctrl-C in a terminal reaches the supervisor alone, which then stops its parts.
            start_new_session=True,
        )
        life.started, life.due = self.clock(), None
        threading.Thread(target=self._await_exit, args=(life, life.process), daemon=True).start()

    def _await_exit(self, life: _Life, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        _kill_group(process.pid)  # what the part started must not outlive it
        self._events.put(partial(self._exited, life))

    def _exited(self, life: _Life) -> None:
        assert life.process is not None
        life.exit_code, life.process = life.process.returncode, None

    def _revive_the_dead(self) -> None:
        for life in self._lives:
            if life.process is not None or self.stopping:
                continue
            if life.due is None:
                self._schedule(life)
            elif life.due <= self.clock():
                self._start(life)

    def _schedule(self, life: _Life) -> None:
        if self.clock() - life.started >= HEALTHY_SECONDS:
            life.pause_seconds = SHORTEST_PAUSE_SECONDS
        name, code, pause = life.part.name, life.exit_code, life.pause_seconds
        log.warning("%s ended (exit code %d) and starts again in %g s", name, code, pause)
        life.due = self.clock() + pause
        life.pause_seconds = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _seconds_to_next_start(self) -> float | None:
        dues = [life.due for life in self._lives if life.due is not None]
        return max(0.0, min(dues) - self.clock()) if dues else None

    def _begin_to_stop(self) -> None:
        if self.stopping:
            return
        self.stopping = True
        for process in self._running():
            process.terminate()

    def _wait_for_all(self) -> None:
        deadline = self.clock() + GRACE_SECONDS
        while self._running():
            if not self._await_event(max(0.0, deadline - self.clock())):
                self._kill_all()
                deadline = self.clock() + GRACE_SECONDS

    def _kill_all(self) -> None:
        for process in self._running():
            log.error("process %d did not stop in time and is killed", process.pid)
            _kill_group(process.pid)

    def _running(self) -> list[subprocess.Popen[bytes]]:
        return [life.process for life in self._lives if life.process is not None]


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # nobody is left in it
        os.killpg(leader, signal.SIGKILL)
