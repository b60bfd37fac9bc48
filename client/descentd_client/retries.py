"""When a request is made again, and how long after."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from descentd_client.answers import retry_after_seconds
from descentd_client.errors import UnreachableError
from descentd_client.wire import Answer, Broken, Flow, Open, Pause, Request, Send

# The service did not do what it was asked, and says so: whatever it was, it may be asked again.
REFUSED = frozenset({429, 503})
# Something in between gave up; the service may have done it.
LOST = frozenset({502, 504})
CONFLICT = 409
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Retries:
    """How often, and how patiently.

    The wait doubles from ``first_seconds`` to ``most_seconds``, and each is shortened at random by
    up to a half, so that clients that failed together do not come back together. Where the service
    names a time (``Retry-After``), it is waited for; one beyond ``patience_seconds`` is not, and
    the error is raised at once. ``attempts`` counts the first one too; ``attempts_on_the_way`` are
    those of waiting and following, which outlast a service that is started anew.
    """

    attempts: int = 5
    attempts_on_the_way: int = 12
    first_seconds: float = 0.25
    most_seconds: float = 8.0
    patience_seconds: float = 60.0
    random: Callable[[], float] = random.random

    def seconds(self, attempt: int) -> float:
        """How long to wait after the ``attempt``-th failure in a row, from 1 on."""
        longest = min(self.most_seconds, self.first_seconds * 2.0 ** (attempt - 1))
        return longest * (1.0 - self.random() / 2.0)


def sent(request: Request, retries: Retries) -> Flow[Answer]:
    """Make a request as often as it needs and may be; raises UnreachableError."""
    return (yield from _repeated(request, retries, Send(request)))


def opened(request: Request, retries: Retries) -> Flow[Answer]:
    """The same for a request whose answer is read piece by piece."""
    return (yield from _repeated(request, retries, Open(request)))


def _repeated(request: Request, retries: Retries, effect: Send | Open) -> Flow[Answer]:
    attempt, may_be_done = 0, False
    while True:
        attempt += 1
        seconds = retries.seconds(attempt)
        try:
            answer: Answer = yield effect
        except Broken as broken:
            if attempt >= retries.attempts or (broken.was_sent and not request.is_repeatable):
                raise UnreachableError(f"{request.method} {request.path}: {broken}") from broken
            may_be_done = may_be_done or broken.was_sent
        else:
            if attempt >= retries.attempts or not _may_repeat(request, answer, may_be_done):
                return _settled(request, answer, may_be_done)
            told = retry_after_seconds(answer.headers)
            if told is not None and told > retries.patience_seconds:
                return answer
            # Not all at the moment that was named: those who heard it together spread out.
            seconds = seconds if told is None else told + retries.seconds(1)
            may_be_done = may_be_done or answer.status in LOST
        yield Pause(seconds)


def _may_repeat(request: Request, answer: Answer, may_be_done: bool) -> bool:
    if answer.status == CONFLICT:
        # The service may not have noticed yet that the first upload under this key has broken off.
        return may_be_done and "Idempotency-Key" in request.headers
    return answer.status in REFUSED or (request.is_repeatable and answer.status in LOST)


def _settled(request: Request, answer: Answer, may_be_done: bool) -> Answer:
    """A removal that finds nothing, after one whose answer was lost, has done its work."""
    if request.method == "DELETE" and answer.status == NOT_FOUND and may_be_done:
        return Answer(204, answer.headers, b"")
    return answer
