"""Wake-ups that come too often, or for nothing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import closing

from celery import Celery

from chaos.checks import Expected
from chaos.scene import Scene
from service.broker import TRAIN_TASK, sender_settings
from service.config import Config

WORKERS = 3
TIMES = 3


def delivered_three_times(scene: Scene) -> None:
    """Each wake-up thrice, to three workers: every job is carried out once."""
    scene.stack.up(workers=1)
    for _ in range(WORKERS - 1):
        scene.stack.start("worker", "--concurrency", "1")
    ids = [scene.submit(name) for name in ("short", "inline", "short")]
    standing = scene.standing()
    send_wake_ups(scene.stack.config, [[]] * TIMES * len(ids))
    scene.recovered(standing)
    for job_id in ids:
        attempt = scene.stack.client.finished(job_id, 60)["attempt"]
        scene.must(attempt == 1, f"{job_id} was begun {attempt} times")


def for_no_job(scene: Scene) -> None:
    """Messages that name a job which is finished, cancelled, deleted, or never was.

    A message names no job, and what it carries is not asked for: no worker dies of it, and
    none of these jobs is touched.
    """
    up = scene.stack.up()
    client = scene.stack.client
    finished, cancelled, deleted = (scene.submit("short") for _ in range(3))
    for job_id in (finished, deleted):
        client.finished(job_id, 60)
    if client.cancel(cancelled):
        scene.expect(cancelled, "short", Expected.CANCELLED)
    scene.must(client.asked("DELETE", f"/v1/jobs/{deleted}").status_code == 204, "no deletion")
    scene.forget(deleted)
    before, workers = client.job(finished), scene.stack.worker_children(up)
    unknown = "job_" + secrets.token_hex(13)
    send_wake_ups(scene.stack.config, [[job] for job in (finished, cancelled, deleted, unknown)])
    next_one = scene.submit("short")
    scene.recovered(scene.standing())
    client.finished(next_one, 60)
    scene.must(client.job(finished) == before, "a message changed a finished job")
    scene.must(client.http.get(f"/v1/jobs/{deleted}").status_code == 404, "a deleted job is back")
    scene.must(scene.stack.worker_children(up) == workers, "a worker died of a message")


def send_wake_ups(config: Config, arguments: Sequence[Sequence[str]]) -> None:
    """Send a message with each of these arguments, as any client of the broker could."""
    app = Celery("chaos", set_as_current=False)
    app.conf.update(sender_settings(config))
    with closing(app):
        for given in arguments:
            app.send_task(TRAIN_TASK, args=list(given), retry=False, ignore_result=True)
