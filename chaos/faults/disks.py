"""A data directory without room."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import httpx

from chaos.checks import Expected
from chaos.scene import Scene
from chaos.stack import EMBEDDED
from chaos.work import JOBS, LONG
from service.database.engines import make_engine

ROOM = "48m"
FULL_SECONDS = 4.0
REFUSED = {503, 507}


def full(scene: Scene) -> None:
    """Full while jobs run and others are submitted; then there is room again."""
    scene.stack.data_dir.mkdir(mode=0o700)
    scene.afterwards.enter_context(mounted(scene.stack.data_dir))
    scene.stack.up()
    # Rows that are stored already take no room when they are sent again
    scene.submit_some(kinds=[name for name in LONG if name != "inline"])
    for accepted in scene.accepted:
        scene.expect(accepted.job_id, accepted.name, Expected.CLEARLY)
    scene.moment()
    with no_room(scene.stack.data_dir):
        refused = _submit_without_room(scene)
        standing = scene.standing()
    started = monotonic()
    scene.must(refused > 0, "the disk was not full")
    scene.submit("inline")
    scene.recovered(standing, since=started)
    jobs = scene.all_finished()
    scene.notes["clearly failed"] = sum(job["status"] == "failed" for job in jobs)
    scene.must(_is_whole(scene), "the database is corrupt")


def cannot_mount() -> str | None:
    """Why no small file system can be had; None where it can."""
    if os.geteuid() != 0:
        return "a small file system takes root to mount"
    try:
        with tempfile.TemporaryDirectory() as folder, mounted(Path(folder)):
            return None
    except (OSError, subprocess.CalledProcessError):
        return "this machine lets root mount nothing"


@contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """A small file system of its own at a folder."""
    options = f"size={ROOM},mode=0700"
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)


@contextmanager
def no_room(folder: Path) -> Iterator[None]:
    """Not a byte is free."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            _fill(file.fileno(), size)
        try:
            yield
        finally:
            ballast.unlink()


def _fill(descriptor: int, size: int) -> None:
    try:
        while True:
            os.write(descriptor, bytes(size))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def _submit_without_room(scene: Scene) -> int:
    """Submit until there has been no room for some seconds; count what was refused, clearly."""
    refused = 0
    ends = monotonic() + FULL_SECONDS
    while monotonic() < ends:
        for name in ("inline", "short"):
            answer = scene.stack.client.http.post("/v1/jobs", json=JOBS[name])
            if answer.status_code == 202:
                scene.expect(answer.json()["id"], name, Expected.CLEARLY)
                continue
            refused += 1
            clear = answer.status_code in REFUSED and _is_problem(answer)
            scene.must(clear, f"no room, and a POST was answered with {answer.text}")
        scene.must(scene.stack.client.http.get("/v1/jobs").status_code == 200, "no list")
        sleep(0.2)
    return refused


def _is_problem(answer: httpx.Response) -> bool:
    return answer.headers["content-type"].startswith("application/problem+json")


def _is_whole(scene: Scene) -> bool:
    if scene.stack.kind != EMBEDDED:
        return True
    with make_engine(scene.stack.config).connect() as connection:
        return connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
