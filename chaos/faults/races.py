"""Things that happen to one job at the same moment."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from time import sleep
from typing import TypeVar

from chaos.checks import Expected
from chaos.client import Client
from chaos.scene import Scene
from chaos.work import JOBS
from service import claims
from service.database.sessions import Sessions
from service.fences import Claim

CLAIMS = 30
POSTS = 20
TRIES = 20

Result = TypeVar("Result")


def thirty_claims(scene: Scene) -> None:
    """One job, thirty who want it at once, each with a connection of its own."""
    scene.stack.migrate()
    scene.stack.start("serve")
    scene.stack.until_ready()
    scene.submit("short")

    def claim(number: int) -> Claim | None:
        with closing(Sessions.of(scene.stack.config)) as sessions, sessions.writing() as session:
            got = claims.claim(session, f"claimant-{number}", {})
            session.commit()
        return got

    got = [each for each in at_once(CLAIMS, claim) if each is not None]
    scene.must(len(got) == 1, f"{len(got)} have claimed one job")
    # The winner says no more: its job has to be taken back.
    standing = scene.standing()
    scene.stack.start("worker", "--concurrency", "2")
    scene.stack.start("scheduler")
    scene.recovered(standing)


def cancel_and_finish(scene: Scene) -> None:
    """A cancellation at about the moment of the end: what was answered is what is."""
    scene.stack.up()
    for _ in range(TRIES):
        job_id = scene.submit("short")
        sleep(scene.chance.uniform(0, 0.12))
        if scene.stack.client.cancel(job_id):
            scene.expect(job_id, "short", Expected.CANCELLED)
    scene.submit("short")
    scene.recovered(scene.standing())


def delete_and_claim(scene: Scene) -> None:
    """A deletion while workers look for work: refused while queued or running, whole if granted."""
    scene.stack.up()
    for _ in range(TRIES):
        job_id = scene.submit("short")
        sleep(scene.chance.uniform(0, 0.06))
        if scene.chance.random() < 0.5:
            scene.stack.client.cancel(job_id)
        _delete(scene, job_id)
    scene.submit("short")
    scene.recovered(scene.standing())


def twenty_posts(scene: Scene) -> None:
    """One request sent twenty times at once under one key: one job, one answer."""
    scene.stack.up()
    for name in ("short", "inline"):
        key = secrets.token_hex(8)
        with closing(Client(scene.stack.client.url)) as client:
            answers = at_once(POSTS, lambda _, n=name, k=key, c=client: c.submit(JOBS[n], k))  # type: ignore[misc]
        scene.must(len(set(answers)) == 1, f"{len(set(answers))} jobs of one key")
        scene.expect(answers[0], name)
    scene.recovered(scene.standing())


def at_once(number: int, act: Callable[[int], Result]) -> list[Result]:
    """Do something in many threads that all start at the same moment."""
    barrier = Barrier(number)

    def wait_and_act(index: int) -> Result:
        barrier.wait()
        return act(index)

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(wait_and_act, range(number)))


def _delete(scene: Scene, job_id: str) -> None:
    client = scene.stack.client
    status = client.asked("DELETE", f"/v1/jobs/{job_id}").status_code
    scene.must(status in (204, 409), f"a deletion was answered with {status}")
    if status == 204:
        scene.forget(job_id)
        scene.must(client.http.get(f"/v1/jobs/{job_id}").status_code == 404, "deleted, and there")
    elif client.job(job_id)["status"] == "cancelled":
        scene.expect(job_id, "short", Expected.CANCELLED)
