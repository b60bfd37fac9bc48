"""How long a request waits for its job, and for what."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import g, request

from service.api.services import services
from service.database.tables import Job
from service.errors import Busy
from service.jobs import Mark
from service.notifier import IsOver
from service.schemas.queries import MAX_WAIT_SECONDS, WaitQuery
from service.states import AT_REST, JobStatus

PREFERENCE = re.compile(r"(?:^|[,;])\s*wait\s*=\s*([0-9]{1,9})\s*(?:$|[,;])", re.IGNORECASE)
RETRY_AFTER_SECONDS = "1"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client asked for; `is_preference` if by the header, which binds to nothing."""

    seconds: float
    for_change: bool = False
    is_preference: bool = False


def wish_of(query: WaitQuery | None = None) -> Wish | None:
    """How long this request is to wait: by `?wait=`, else by `Prefer: wait=`."""
    for_change = query is not None and query.wait_for == "change"
    if query is not None and query.wait is not None:
        return Wish(query.wait, for_change)
    preferred = PREFERENCE.search(request.headers.get("Prefer", ""))
    if preferred is None:
        return None
    seconds = min(int(preferred[1]), MAX_WAIT_SECONDS)
    return Wish(seconds, for_change, is_preference=True)


def wait_for(job: Job, wish: Wish) -> bool:
    """Wait for the job, as it was when read; whether the request was held.

    Raises Busy where no more requests can be held.
    """
    if wish.seconds == 0 or job.status in AT_REST:
        return False
    g.was_held = True
    with services().wait_places.take():
        services().notifier.wait(job.id, _is_over(job, wish), wish.seconds)
    return True


def wait_if_possible(job: Job, wish: Wish) -> bool:
    """The same for a request that has done its work, and must not be refused any more."""
    try:
        return wait_for(job, wish)
    except Busy:
        return False


def headers(status: JobStatus, followed: Wish | None = None) -> dict[str, str]:
    """What an answer about a job says of waiting: still to do, and done as was wished."""
    said = {}
    if status not in AT_REST:
        said["Retry-After"] = RETRY_AFTER_SECONDS
    if followed is not None and followed.is_preference:
        said["Preference-Applied"] = f"wait={followed.seconds:g}"
    return said


def _is_over(job: Job, wish: Wish) -> IsOver:
    def is_over(mark: Mark | None) -> bool:
        if mark is None or mark.status in AT_REST:
            return True
        return wish.for_change and mark.status != job.status

    return is_over
