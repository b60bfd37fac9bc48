"""A broker that forgets, goes away, stands still, goes deaf, or loses what its files say."""

from __future__ import annotations

import signal
from pathlib import Path
from time import monotonic, sleep

from chaos.processes import send
from chaos.proxy import Proxy
from chaos.scene import Scene
from chaos.servers import Redis
from chaos.work import JOBS
from service.file_transport import CONTROL, MESSAGES

AWAY_SECONDS = 10.0
# What a user may wait for the answer to a POST, with the broker away.
LONGEST_POST_SECONDS = 2.0
PAUSE_SECONDS = 1.5


def flushed(scene: Scene) -> None:
    """FLUSHALL: every wake-up is forgotten, and the queues with them."""
    scene.stack.up(workers=1)
    scene.submit_some(long=1, short=4)
    scene.moment(0.5)
    standing = scene.standing()
    with redis_of(scene).client() as client:
        client.flushall()
    started = monotonic()
    scene.submit("short")
    scene.recovered(standing, since=started)


def restarted(scene: Scene) -> None:
    """Killed and started again at once, with nothing on disk: workers come back by themselves."""
    up = scene.stack.up()
    scene.submit_some(long=1, short=2)
    workers = scene.stack.worker_children(up)
    scene.moment()
    redis_of(scene).stop(signal.SIGKILL)
    redis_of(scene).start()
    started = monotonic()
    scene.submit("short")
    scene.recovered(scene.standing(), since=started)
    scene.all_finished()
    scene.must(scene.stack.worker_children(up) == workers, "a worker died with its broker")


def stopped(scene: Scene) -> None:
    """Gone for ten seconds, while jobs run and others are submitted."""
    scene.stack.up()
    scene.submit_some(long=2, short=0)
    scene.moment()
    redis_of(scene).stop(signal.SIGKILL)
    try:
        _submit_for(AWAY_SECONDS, scene)
    finally:
        redis_of(scene).start()
    scene.recovered(scene.standing())


def frozen(scene: Scene) -> None:
    """There for ten seconds, and silent: connections are taken, nothing is answered."""
    scene.stack.up()
    scene.submit_some(long=2, short=0)
    scene.moment()
    with redis_of(scene).frozen():
        _submit_for(AWAY_SECONDS, scene)
    scene.recovered(scene.standing())


def deaf(scene: Scene) -> None:
    """Every connection stays open and brings nothing more; the worker notices, or is replaced."""
    with Proxy(redis_of(scene).port) as proxy:
        scene.stack.environ["DESCENTD_BROKER_URL"] = f"redis://127.0.0.1:{proxy.port}/0"
        up = scene.stack.up()
        scene.submit("short")
        scene.all_finished()
        worker = scene.stack.part(up, "worker")
        proxy.deafen()
        started = monotonic()
        scene.submit("short")
        scene.recovered(scene.standing(), since=started)
        scene.all_finished()
        scene.notes["worker replaced"] = scene.stack.part(up, "worker") != worker


def files_emptied(scene: Scene) -> None:
    """Messages of the embedded broker, and the table of its queue, emptied or cut short."""
    up = scene.stack.up()
    scene.submit("short")
    # Not while a job runs: a process that is stopped in the midst of a write keeps SQLite's lock.
    scene.all_finished()
    workers = [scene.stack.part(up, "worker"), *scene.stack.worker_children(up)]
    broker = scene.stack.data_dir / "broker"
    send(workers, signal.SIGSTOP)
    ids = [scene.submit("short") for _ in range(4)]
    for path in sorted((broker / MESSAGES).glob("[!.]*.msg")):
        _spoil(path, scene)
    for path in (broker / CONTROL).glob("[!.]*"):
        _spoil(path, scene)
    send(workers, signal.SIGCONT)
    started = monotonic()
    standing = scene.standing()
    scene.recovered({job_id: standing[job_id] for job_id in ids if job_id in standing}, started)
    scene.all_finished()
    now = [scene.stack.part(up, "worker"), *scene.stack.worker_children(up)]
    scene.must(now == workers, "a worker died of a broken file")


def redis_of(scene: Scene) -> Redis:
    assert scene.stack.servers is not None
    return scene.stack.servers.redis


def _submit_for(seconds: float, scene: Scene) -> None:
    """Submit jobs; each is to be accepted at once, as if nothing were amiss."""
    slowest = 0.0
    ends = monotonic() + seconds
    while monotonic() < ends:
        started = monotonic()
        answer = scene.stack.client.http.post("/v1/jobs", json=JOBS["short"])
        slowest = max(slowest, monotonic() - started)
        scene.must(answer.status_code == 202, f"a POST was answered with {answer.status_code}")
        if answer.status_code == 202:
            scene.expect(answer.json()["id"], "short")
        sleep(PAUSE_SECONDS)
    scene.must(slowest < LONGEST_POST_SECONDS, f"a POST took {slowest:.1f} s")
    scene.notes["slowest POST"] = slowest


def _spoil(path: Path, scene: Scene) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(scene.chance.choice([0, size // 2]))
