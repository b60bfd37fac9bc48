"""Starts the whole service with a throw-away data directory, and stops it again."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ANNOUNCED = re.compile(r"^descentd\b.*?(http://[^\s,]+)", re.MULTILINE)
START_SECONDS = 60.0
STOP_SECONDS = 30.0
LOOK_SECONDS = 0.02
LINES_OF_A_FAILURE = 20


@dataclass(frozen=True)
class Service:
    """A service that answers: where, the command that started it, and its process."""

    url: str
    command: str
    pid: int


@contextmanager
def service(*options: str, settings: Mapping[str, str] | None = None) -> Iterator[Service]:
    """Run `descentd up` on a free port until the block ends; RuntimeError if it does not start."""
    with tempfile.TemporaryDirectory(prefix="descentd-") as folder:
        words = ["descentd", "up", "--port", "0", "--data-dir", f"{folder}/data", *options]
        log = Path(folder, "log")
        process = _started(words, log, settings or {})
        try:
            yield Service(_url_once_ready(process, log), shlex.join(words), process.pid)
        finally:
            _stop(process)


def _started(words: list[str], log: Path, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # The caller's own settings have no say in a service for this process alone.
    inherited = {
        name: text for name, text in os.environ.items() if not name.startswith("DESCENTD_")
    }
    command = [str(Path(sys.executable).with_name(words[0])), *words[1:]]
    with log.open("wb") as output:
        return subprocess.Popen(
            command, env={**inherited, **settings}, stdout=output, stderr=subprocess.STDOUT
        )


def _url_once_ready(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        announced = ANNOUNCED.search(log.read_text(errors="replace"))
        if announced and _is_ready(announced[1]):
            return announced[1]
        time.sleep(LOOK_SECONDS)
    last_lines = log.read_text(errors="replace").splitlines()[-LINES_OF_A_FAILURE:]
    raise RuntimeError("\n".join(["the service did not start:", *last_lines]))


def _is_ready(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
