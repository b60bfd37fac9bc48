"""A machine whose clock jumps: the wall clock, as an operator or a time service may set it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from time import monotonic

from chaos.scene import Scene

HOUR_SECONDS = 3600
WAIT_SECONDS = 3
OFFSET_BYTES = 8
SOURCE = Path(__file__).with_name("clock.c")


def jumps_ahead(scene: Scene) -> None:
    """An hour ahead, and back."""
    _jump(scene, HOUR_SECONDS)


def jumps_back(scene: Scene) -> None:
    """An hour back, and ahead again."""
    _jump(scene, -HOUR_SECONDS)


def no_clock() -> str | None:
    """Why the clock of a process cannot be moved; None where it can."""
    return None if shutil.which("cc") else "there is no C compiler to make a clock that jumps"


def _jump(scene: Scene, seconds: int) -> None:
    clock = scene.stack.log.with_name("clock")
    clock.write_bytes(bytes(OFFSET_BYTES))
    library = _library(clock.with_name("clock.so"))
    scene.stack.environ |= {"LD_PRELOAD": str(library), "CHAOS_CLOCK": str(clock)}
    scene.stack.up()
    ids = scene.submit_some(long=2, short=1)
    before = _told_time(scene)
    scene.moment()
    for offset in (seconds, 0):
        standing = scene.standing()
        _set_while_waiting(scene, clock, offset)
        started = monotonic()
        ids += [scene.submit("short"), scene.submit("inline")]
        scene.recovered(standing, since=started)
        moved = (_told_time(scene) - before).total_seconds() - offset
        scene.must(0 <= moved < HOUR_SECONDS / 2, "the clock did not jump")
    for job_id in ids:
        job = scene.stack.client.finished(job_id, 60)
        scene.must(job["attempt"] == 1, f"a living worker lost {job_id} to the clock")


def _set_while_waiting(scene: Scene, clock: Path, offset: int) -> None:
    """Move the clock under a long poll: it lasts neither an instant nor an hour."""
    job_id = scene.submit("adam")
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(_wait, scene, job_id)
        scene.moment(0.5)
        _set(clock, offset)
        seconds, status = waiting.result()
    ended = status not in ("queued", "running")
    scene.must(seconds < WAIT_SECONDS + 2, f"a long poll took {seconds:.1f} s")
    scene.must(ended or seconds > WAIT_SECONDS - 0.5, f"a long poll took {seconds:.1f} s only")


def _told_time(scene: Scene) -> datetime:
    """What the API takes for the present time."""
    return datetime.fromisoformat(scene.stack.client.job(scene.submit("short"))["created_at"])


def _wait(scene: Scene, job_id: str) -> tuple[float, str]:
    started = monotonic()
    answer = scene.stack.client.http.get(f"/v1/jobs/{job_id}", params={"wait": WAIT_SECONDS})
    return monotonic() - started, str(answer.json()["status"])


def _set(clock: Path, offset: int) -> None:
    # In place: the processes have the file in their memory.
    with clock.open("r+b", buffering=0) as file:
        file.write(offset.to_bytes(OFFSET_BYTES, sys.byteorder, signed=True))


def _library(made: Path) -> Path:
    command = ["cc", "-shared", "-fPIC", "-O2", "-o", str(made), str(SOURCE)]
    subprocess.run(command, check=True, capture_output=True)
    return made
