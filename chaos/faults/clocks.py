"""A machine whose clock jumps: the wall clock, as an operator or a time service may set it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

from chaos.scene import Scene

HOUR_SECONDS = 3600
WAIT_SECONDS = 3
LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/local/lib/faketime/libfaketimeMT.so.1")


def jumps_ahead(scene: Scene) -> None:
    """An hour ahead, and back."""
    _jump(scene, HOUR_SECONDS)


def jumps_back(scene: Scene) -> None:
    """An hour back, and ahead again."""
    _jump(scene, -HOUR_SECONDS)


def no_false_clock() -> str | None:
    """Why the clock of a process cannot be moved; None where it can."""
    return None if _library() else "libfaketime is not installed"


def _jump(scene: Scene, seconds: int) -> None:
    clock = scene.stack.log.with_name("clock")
    _set(clock, 0)
    scene.stack.environ |= {
        "LD_PRELOAD": str(_library()),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        # No machine has a monotonic clock that jumps.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    scene.stack.up()
    ids = scene.submit_some(long=2, short=1)
    scene.moment()
    for offset in (seconds, 0):
        standing = scene.standing()
        _set_while_waiting(scene, clock, offset)
        started = monotonic()
        ids += [scene.submit("short"), scene.submit("inline")]
        scene.recovered(standing, since=started)
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


def _wait(scene: Scene, job_id: str) -> tuple[float, str]:
    started = monotonic()
    answer = scene.stack.client.http.get(f"/v1/jobs/{job_id}", params={"wait": WAIT_SECONDS})
    return monotonic() - started, str(answer.json()["status"])


def _set(clock: Path, offset: int) -> None:
    aside = clock.with_suffix(".new")
    aside.write_text(f"{offset:+d}\n", encoding="utf-8")
    aside.replace(clock)


def _library() -> Path | None:
    found = [path for pattern in LIBRARIES for path in Path("/").glob(pattern.lstrip("/"))]
    return found[0] if found else None
