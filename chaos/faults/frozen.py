"""Workers that stand still for longer than their lease, and then go on as if nothing had been."""

from __future__ import annotations

import signal
import threading
from time import sleep

from chaos.processes import send
from chaos.scene import Scene
from chaos.stack import LEASE_SECONDS

STANDSTILL_SECONDS = 2.5 * LEASE_SECONDS


def one_process(scene: Scene) -> None:
    """One of two: the other may finish the job before the first wakes and writes on."""
    up = scene.stack.up()
    scene.submit_some(long=2, short=1)
    scene.moment()
    pids = [scene.chance.choice(scene.stack.worker_children(up))]
    thaw = threading.Timer(STANDSTILL_SECONDS, send, [pids, signal.SIGCONT])
    standing = scene.standing()
    send(pids, signal.SIGSTOP)
    thaw.start()
    scene.recovered(standing)
    thaw.join()


def whole_worker(scene: Scene) -> None:
    """All of it: its jobs are taken back, and then it meets them again."""
    up = scene.stack.up()
    scene.submit_some(long=2, short=1)
    scene.moment()
    worker = scene.stack.part(up, "worker")
    pids = [worker, *scene.stack.worker_children(up)]
    standing = scene.standing()
    send(pids, signal.SIGSTOP)
    sleep(STANDSTILL_SECONDS)
    send(pids, signal.SIGCONT)
    scene.recovered(standing)
