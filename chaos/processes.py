"""Processes that can be found, stopped and killed, and that never outlive who started them."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic

TETHER = Path(__file__).with_name("tether.py")


def launch(
    command: Sequence[str],
    log: Path,
    environ: Mapping[str, str],
    *,
    user: str = "",
    cwd: Path | None = None,
    within: Sequence[str] = (),
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own; it is killed when this one ends, however it ends.

    As ``user``, if one is named, which takes root; by a command that takes another, if given.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            [*within, sys.executable, "-I", "-S", str(TETHER), user, *command],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=cwd,
        )


def marked(mark: str) -> list[int]:
    """Every process whose environment holds ``mark``: forked and orphaned ones too."""
    return [pid for pid in _numbers(Path("/proc")) if mark.encode() in _read(pid, "environ")]


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    with suppress(FileNotFoundError, ProcessLookupError):
        return [int(child) for task in tasks for child in task.read_text().split()]
    return []


def descendants(pid: int) -> list[int]:
    found = children(pid)
    return found + [below for child in found for below in descendants(child)]


def words(pid: int) -> list[str]:
    """The command line of a process; nothing once it is gone."""
    return _read(pid, "cmdline").decode().split("\0")


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Signal each process that still is."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def all_gone(pids: Iterable[int], seconds: float) -> bool:
    """Wait for the end of processes, children of this one or not."""
    deadline = monotonic() + seconds
    return all(_gone(pid, deadline) for pid in list(pids))


def _gone(pid: int, deadline: float) -> bool:
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(watched):
        return bool(select.select([watched], [], [], max(0.0, deadline - monotonic()))[0])


def _numbers(folder: Path) -> list[int]:
    return [int(entry.name) for entry in folder.iterdir() if entry.name.isdigit()]


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""
