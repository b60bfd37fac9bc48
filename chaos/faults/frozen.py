"""Workers that stand still for longer than their lease, and then go on as if nothing had been."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from chaos.checks import Expected
from chaos.processes import send
from chaos.scene import Scene
from chaos.stack import LEASE_SECONDS

STANDSTILL_SECONDS = 2.5 * LEASE_SECONDS


def one_process(scene: Scene) -> None:
    """One of two: the other may finish the job before the first wakes and writes on."""
    up = scene.stack.up()
    scene.until_running(scene.submit_some(long=2, short=1)[:2])
    scene.moment(0.5)
    pids = [scene.chance.choice(scene.stack.worker_children(up))]
    standing = scene.standing()
    with _frozen(pids):
        scene.recovered(standing)


def whole_worker(scene: Scene) -> None:
    """All of it: one job is cancelled meanwhile, the other taken back and met again.

    Once a cancellation is answered, the history is what it is.
    """
    up = scene.stack.up()
    ids = scene.submit_some(long=2, short=1)[:2]
    scene.until_running(ids)
    scene.moment(0.5)
    pids = [scene.stack.part(up, "worker"), *scene.stack.worker_children(up)]
    standing = scene.standing()
    with _frozen(pids):
        cancelled = [job_id for job_id in ids[:1] if scene.stack.client.cancel(job_id)]
        told = {job_id: scene.stack.client.history(job_id) for job_id in cancelled}
    for job_id in cancelled:
        scene.expect(job_id, scene.name_of(job_id), Expected.CANCELLED)
    scene.recovered(standing)
    scene.all_finished()
    for job_id, history in told.items():
        same = scene.stack.client.history(job_id) == history
        scene.must(same, f"{job_id} was cancelled, and its history went on")


@contextmanager
def _frozen(pids: list[int]) -> Iterator[None]:
    """Stopped for a while from now, at least as long as the block lasts by itself.

    They go on even if the block waits for them: they may hold a lock.
    """
    thaw = threading.Timer(STANDSTILL_SECONDS, send, [pids, signal.SIGCONT])
    send(pids, signal.SIGSTOP)
    thaw.start()
    try:
        yield
    finally:
        thaw.join()
