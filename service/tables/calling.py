"""A process of its own for a file that others sent: asked one thing, it answers and ends.

Whatever a file does to what reads it, the caller lives: the process has a bound on its memory and
on its time, none of the service's settings, and ends with the caller.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import orjson

from engine.errors import DataError, Fault
from service.tables.limits import IngestLimits

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-P", "-m", "service.tables.process")
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
# Threads of the allocator would each set address space aside, which the bound on memory counts.
OWN_VARIABLES = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"}

log = logging.getLogger(__name__)


def called(request: dict[str, Any], target: Path, limits: IngestLimits) -> dict[str, Any]:
    """What the process answers to `request`, which has it write `target`.

    Raises DataError with every fault of the file, and OSError where there is no room. Where
    anything is raised there is nothing at `target`.
    """
    whole = {**request, "target": os.fspath(target.absolute()), "limits": limits.to_dict()}
    try:
        answer = _answer(whole, limits.seconds)
        _raise_any(answer, limits)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return answer


def _answer(request: dict[str, Any], seconds: float) -> dict[str, Any]:
    """What the process says; if it ended without a word, how it ended."""
    with _process() as process, _killed_after(process, seconds) as late:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(orjson.dumps(request) + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it is dead, as is told below
        said = process.stdout.read()
        code = process.wait()
    if late:
        return {"late": True}
    return orjson.loads(said) if code == 0 else {"code": code}


@contextmanager
def _process() -> Iterator[subprocess.Popen[bytes]]:
    """The process; it ends with the block, and with this process, for then its input ends."""
    inherited = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    environment = {**inherited, **OWN_VARIABLES, "PYTHONPATH": os.fspath(ROOT)}
    process = subprocess.Popen(  # noqa: S603 - a command of our own
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def _killed_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[list[bool]]:
    """Kills the process when the time is over; then the list that is given holds something."""
    late: list[bool] = []

    def kill() -> None:
        late.append(True)
        process.kill()

    timer = Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _raise_any(answer: dict[str, Any], limits: IngestLimits) -> None:
    match answer:
        case {"rows": _}:
            return
        case {"faults": faults}:
            raise DataError(Fault(fault["pointer"], fault["detail"]) for fault in faults)
        case {"errno": number, "text": text}:
            raise OSError(number, text)
        case {"out_of_memory": True}:
            detail = f"takes more than the {limits.memory_bytes:,} bytes of memory allowed to read"
        case {"late": True}:
            detail = f"takes more than the {limits.seconds:g} seconds allowed to read"
        case _:
            log.error("what reads a file ended unexpectedly: %s", answer)
            detail = "could not be read: it made the process that reads it end unexpectedly"
    raise DataError([Fault("", detail)])
