"""What a use case may answer instead of a result. `problems.py` maps these to HTTP."""

# ruff: noqa: N818 - they are answers, and read as such where they are raised

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import Fault


class ServiceError(Exception):
    """The root of every error this package raises on purpose."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class ConfigError(ServiceError):
    """The environment does not make a configuration; `faults` names each bad setting."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


class NotFound(ServiceError):
    """The tenant has no such thing."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is no {kind} {name!r}.")
        self.kind = kind
        self.name = name


class Conflict(ServiceError):
    """What was asked does not fit the state the thing is in."""


class Invalid(ServiceError):
    """What was sent breaks the contract; `faults` names every place."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults))
        self.faults = tuple(faults)


class KeyReused(ServiceError):
    """An Idempotency-Key came again with another body."""


class TooLarge(ServiceError):
    """The body is over the limit in force."""


class Mismatch(ServiceError):
    """The body is not the one its sender meant: part of it is lost or another came in between."""


class Unsupported(ServiceError):
    """The body is in a media type that is not understood."""


class Unauthorized(ServiceError):
    """No key was given, or none that is known."""


class Forbidden(ServiceError):
    """The request may not drive this service, whoever sends it."""


class Busy(ServiceError):
    """A budget is used up for the moment; `retry_after_seconds` says when to ask again."""

    def __init__(self, detail: str, retry_after_seconds: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class Unfit(Busy):
    """The database's schema is none this version works on."""


class QueueFull(Busy):
    """The tenant has as many jobs in the queue as it may have."""


class TooManyRequests(Busy):
    """The key has sent as many requests as it may in this minute."""


class ClaimLost(ServiceError):
    """The job is no longer this worker's: cancelled, taken back, or gone. Stop working on it."""
