"""Everything the client raises on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from descentd_client.types import JobShown


class DescentdError(Exception):
    """The root of all errors of this package."""


class UnreachableError(DescentdError):
    """The service did not answer, or the connection broke, more often than was retried."""


class UnexpectedAnswerError(DescentdError):
    """Something answered, but not as a descentd service does."""


class UnsendableError(DescentdError, ValueError):
    """What was given cannot be said in JSON: NaN, Infinity, or a thing of an unknown kind."""


class WaitTimeoutError(DescentdError, TimeoutError):
    """The job was not at rest in time. It goes on; ``job`` is as it was last seen."""

    def __init__(self, job: JobShown, seconds: float) -> None:
        super().__init__(f"{job['id']} is still {job['status']} after {seconds:g} s")
        self.job = job


class JobFailedError(DescentdError):
    """The job ended, or stands still, without having succeeded."""

    def __init__(self, job: JobShown) -> None:
        error = job["error"]
        reason = error["message"] if error else job["stop_reason"]
        super().__init__(f"{job['id']} is {job['status']}" + (f": {reason}" if reason else ""))
        self.job = job


class MissingExtraError(DescentdError, ImportError):
    """A package is needed that the client does not bring along."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request.

    ``pointer`` leads to it in the body (RFC 6901), or else ``parameter`` names it in the query.
    """

    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def __str__(self) -> str:
        place = f"?{self.parameter}" if self.parameter is not None else self.pointer
        return f"{place}: {self.detail}" if place else self.detail


class ProblemError(DescentdError):
    """The service said no (RFC 9457); ``faults`` names every place that is wrong."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        *,
        faults: tuple[Fault, ...] = (),
        type: str = "about:blank",  # noqa: A002 - the member's name in RFC 9457
        instance: str | None = None,
        retry_after_seconds: float | None = None,
        request_id: str | None = None,
    ) -> None:
        lines = [f"{status} {title}" + (f": {detail}" if detail else ""), *map(str, faults)]
        super().__init__("\n  ".join(lines))
        self.status = status
        self.title = title
        self.detail = detail
        self.faults = faults
        self.type = type
        self.instance = instance
        self.retry_after_seconds = retry_after_seconds
        self.request_id = request_id


class BadRequestError(ProblemError):
    """400: what was sent could not be read."""


class UnauthorizedError(ProblemError):
    """401: no key, or one that is not known."""


class ForbiddenError(ProblemError):
    """403: this key, or this address, may not do that."""


class NotFoundError(ProblemError):
    """404: there is no such thing, or it is another tenant's."""


class ConflictError(ProblemError):
    """409: not in the status the thing is in."""


class TooLargeError(ProblemError):
    """413: more than the limits in force."""


class UnsupportedError(ProblemError):
    """415: a media type that is not understood."""


class InvalidError(ProblemError):
    """422: the request was understood, and is wrong; see ``faults``."""


class RateLimitedError(ProblemError):
    """429: too much at once; see ``retry_after_seconds``."""


class ServerError(ProblemError):
    """5xx: the service failed."""


class UnavailableError(ServerError):
    """503: not now; see ``retry_after_seconds``."""


_BY_STATUS: dict[int, type[ProblemError]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    413: TooLargeError,
    415: UnsupportedError,
    422: InvalidError,
    429: RateLimitedError,
    503: UnavailableError,
}


def error_class(status: int) -> type[ProblemError]:
    """The class of the error for a status from 400 on."""
    return _BY_STATUS.get(status, ServerError if status >= 500 else ProblemError)
