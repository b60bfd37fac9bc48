"""Processes that die by SIGKILL, at any moment."""

from __future__ import annotations

import fcntl
import secrets
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from chaos.processes import all_gone, descendants, send
from chaos.scene import Scene
from chaos.stack import STOP_SECONDS, Stack
from service.file_transport import CONTROL

PATIENT_REQUESTS = 12


def worker_child(scene: Scene) -> None:
    """A process that trains."""
    up = scene.stack.up()
    scene.submit_some()
    scene.moment()
    _kill(scene, [scene.chance.choice(scene.stack.worker_children(up))])


def worker_parent(scene: Scene) -> None:
    """The worker: its processes die with it, and the supervisor starts another."""
    up = scene.stack.up()
    scene.submit_some()
    scene.moment()
    _kill(scene, [scene.stack.part(up, "worker")])


def api_before_sending(scene: Scene) -> None:
    """The API, when jobs are committed and their wake-ups are held up, while others arrive.

    Whoever got no answer sends again under the same key: there is one job for each key.
    """
    up = scene.stack.up()
    scene.submit("short")
    scene.all_finished()  # by now the broker has all that it makes at first use
    keys = [secrets.token_hex(8) for _ in range(PATIENT_REQUESTS)]
    with ThreadPoolExecutor(PATIENT_REQUESTS) as clients, wake_ups_held_up(scene.stack):
        answers = [clients.submit(scene.submit, "short", key) for key in keys]
        # Of all who were answered, or of some; then the others' wake-ups make up for those lost.
        for answer in answers[: scene.chance.choice([1, PATIENT_REQUESTS])]:
            answer.result()
        _kill_tree(scene.stack.part(up, "serve"))
    for answer in answers:
        answer.result()
    scene.recovered(scene.standing())


def supervisor(scene: Scene) -> None:
    """`descentd up`: nothing of it is left, and the next start goes on."""
    up = scene.stack.up()
    scene.submit_some()
    scene.moment()
    standing = scene.standing()
    below = descendants(up)
    send([up], signal.SIGKILL)
    scene.must(all_gone(below, STOP_SECONDS), "parts outlive `descentd up`")
    started = monotonic()
    scene.stack.up()
    scene.recovered(standing, since=started)


def everything(scene: Scene) -> None:
    """All processes at once, the servers too where there are some; then a new start."""
    scene.stack.up()
    scene.submit_some()
    scene.moment()
    standing = scene.standing()
    scene.stack.kill_everything()
    if scene.stack.servers is not None:
        scene.stack.servers.postgres.stop(signal.SIGKILL)
        scene.stack.servers.redis.stop(signal.SIGKILL)
        scene.stack.servers.start()
    started = monotonic()
    scene.stack.up()
    scene.recovered(standing, since=started)


def _kill(scene: Scene, pids: list[int]) -> None:
    standing = scene.standing()
    below = [child for pid in pids for child in descendants(pid)]
    send(pids, signal.SIGKILL)
    started = monotonic()
    scene.must(all_gone([*pids, *below], STOP_SECONDS), "processes outlive their parent")
    scene.recovered(standing, since=started)


def _kill_tree(pid: int) -> None:
    below = descendants(pid)
    send([*below, pid], signal.SIGKILL)


@contextmanager
def wake_ups_held_up(stack: Stack) -> Iterator[None]:
    """Hold the broker so that who sends has to wait: its lock file, or the server itself."""
    if stack.servers is not None:
        with stack.servers.redis.frozen():
            yield
        return
    locks = Path(stack.config.data_dir / "broker" / CONTROL).glob(".*.lock")
    held = [path.open("w") for path in locks]
    assert held, "the embedded broker has no lock"
    try:
        for lock in held:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        for lock in held:
            lock.close()
