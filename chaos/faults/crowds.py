"""Many jobs, and workers that come and go all the time."""

from __future__ import annotations

import signal
from time import monotonic, sleep

from chaos.processes import descendants, send
from chaos.scene import Scene

WORKERS = 4
LONGEST_LIFE_SECONDS = 3.0
ROUGHLY_EVERY = 20  # so many jobs, one is longer


def five_hundred_jobs(scene: Scene) -> None:
    """Five hundred queued jobs; for a minute, workers are killed and started at random."""
    _work_off(scene, jobs=500, seconds=60.0)


def fifty_jobs(scene: Scene) -> None:
    """The same in small."""
    _work_off(scene, jobs=50, seconds=8.0)


def _work_off(scene: Scene, jobs: int, seconds: float) -> None:
    scene.stack.migrate()
    scene.stack.start("serve")
    scene.stack.start("scheduler")
    scene.stack.until_ready()
    for number in range(jobs):
        scene.submit("middling" if number % ROUGHLY_EVERY == 0 else "short")
    workers = [_start_worker(scene) for _ in range(WORKERS)]
    ends = monotonic() + seconds
    while monotonic() < ends:
        sleep(scene.chance.uniform(0, 2 * LONGEST_LIFE_SECONDS / WORKERS))
        place = scene.chance.randrange(WORKERS)
        _kill(workers[place])
        workers[place] = _start_worker(scene)
    scene.recovered(scene.standing())


def _start_worker(scene: Scene) -> int:
    return scene.stack.start("worker", "--concurrency", "1")


def _kill(worker: int) -> None:
    send([worker, *descendants(worker)], signal.SIGKILL)
