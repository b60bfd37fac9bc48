"""What a user sees on a terminal: a real one, of the operating system."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

import pytest

from descentd_client import Client

BRAILLE = re.compile("[\u2801-\u28ff]")
COLOUR = re.compile("\x1b\\[[0-9;]*3[0-9]m")
PATIENCE_SECONDS = 60.0


@dataclass
class Screen:
    """A terminal with `descentd` in it."""

    process: subprocess.Popen[bytes]
    end: int
    seen: str = ""
    _bytes: bytearray = field(default_factory=bytearray)

    def until(self, pattern: str) -> None:
        """Read on until a pattern was seen."""
        deadline = monotonic() + PATIENCE_SECONDS
        while not re.search(pattern, self.seen):
            assert monotonic() < deadline, self.seen
            assert self._read(), f"it ended:\n{self.seen}"

    def to_the_end(self) -> int:
        """Read all there is; the exit code."""
        while self._read():
            pass
        return self.process.wait(PATIENCE_SECONDS)

    def _read(self) -> bool:
        ready, _, _ = select.select([self.end], [], [], PATIENCE_SECONDS)
        assert ready, f"nothing came for long:\n{self.seen}"
        try:
            piece = os.read(self.end, 65536)
        except OSError:  # Linux says so that the other side is closed
            return False
        self._bytes += piece
        self.seen = self._bytes.decode(errors="replace")
        return bool(piece)


@contextmanager
def screen(url: str, *words: str, **environ: str) -> Iterator[Screen]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "30"}
        | {"PYTHONIOENCODING": "utf-8", "DESCENTD_URL": url, **environ},
    )
    os.close(theirs)
    try:
        yield Screen(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_a_run_is_watched_live(service_url: str) -> None:
    words = ("train", "iris", "--epochs", "2000", "--name", "live one")
    with screen(service_url, *words) as terminal:
        assert terminal.to_the_end() == 0
    seen = terminal.seen
    for shown in ("live one", "epochs/s", "epoch 2000/2000", "cost", "learning rate 0.01"):
        assert shown in seen
    assert BRAILLE.search(seen)
    assert COLOUR.search(seen)
    assert "succeeded (epochs)" in seen
    assert seen.count("\x1b[?25h") >= seen.count("\x1b[?25l") > 0, "the cursor is shown again"


def test_no_color_is_respected(service_url: str) -> None:
    with screen(service_url, "train", "iris", "--epochs", "200", NO_COLOR="1") as terminal:
        assert terminal.to_the_end() == 0
    assert BRAILLE.search(terminal.seen)
    assert not COLOUR.search(terminal.seen)


@pytest.mark.parametrize(
    "environ", [{"TERM": "dumb"}, {"PYTHONIOENCODING": "ascii:replace"}], ids=["dumb", "ascii"]
)
def test_a_terminal_that_cannot_draw_gets_lines(service_url: str, environ: dict[str, str]) -> None:
    with screen(service_url, "train", "xor", "--epochs", "20", **environ) as terminal:
        assert terminal.to_the_end() == 0
    assert "epoch 20/20" in terminal.seen
    assert not BRAILLE.search(terminal.seen)


def test_an_interrupt_leaves_the_job_running_and_says_so(service_url: str) -> None:
    words = ("train", "xor", "--epochs", "1000000", "--set", "/validation=null")
    with screen(service_url, *words) as terminal:
        terminal.until("epochs/s")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.to_the_end() == 130
    (job_id,) = set(re.findall(r"descentd watch (job_\w+)", terminal.seen))
    assert "goes on" in terminal.seen
    with Client(service_url) as client:
        job = client.job(job_id)
        assert job.status == "running"
        job.cancel()
