"""Waiting until a job is at rest: finished or paused."""

from __future__ import annotations

from descentd_client.answers import decoded, retry_after_seconds
from descentd_client.asking import Core, path, query
from descentd_client.errors import WaitTimeoutError
from descentd_client.retries import sent
from descentd_client.types import AT_REST, JobShown
from descentd_client.wire import Flow, Pause, Request

# Well below what proxies take for a dead connection.
HELD_SECONDS = 30.0


def at_rest(core: Core, job_id: str, timeout: float | None) -> Flow[JobShown]:
    """The job, as soon as it is at rest; raises WaitTimeoutError once ``timeout`` is over.

    The service holds each request until there is something to say. One that is let go early, as
    when the service stops, is not asked again before the time that it names.
    """
    deadline = None if timeout is None else core.clock() + timeout
    while True:
        began = core.clock()
        left = HELD_SECONDS if deadline is None else max(0.0, deadline - began)
        held = min(HELD_SECONDS, left)
        request = Request("GET", path("jobs", job_id), query(wait=f"{held:.3f}"), patience=held)
        answer = yield from sent(request, core.on_the_way.retries)
        job: JobShown = decoded(answer)
        if job["status"] in AT_REST:
            return job
        now = core.clock()
        if deadline is not None and timeout is not None and now >= deadline:
            raise WaitTimeoutError(job, timeout)
        if now - began < held:
            yield Pause(min(retry_after_seconds(answer.headers) or 1.0, left))
