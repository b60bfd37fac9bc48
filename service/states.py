"""The states of a job, and the moves between them. No status is set but along `MOVES`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class JobStatus(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    """Waits for a worker: just submitted, or given back by a worker that had to stop."""

    RUNNING = "running"
    """Claimed by a worker, whose beat must go on."""

    SUCCEEDED = "succeeded"
    """Ended as its spec says; the model and its scores are final."""

    FAILED = "failed"
    """Ended by an error, which the job names, or by a cost that was no longer finite."""

    CANCELLED = "cancelled"
    """Ended by its owner before it was through; the history until then is kept."""


MOVES: Mapping[JobStatus, frozenset[JobStatus]] = MappingProxyType(
    {
        JobStatus.QUEUED: frozenset({JobStatus.RUNNING, JobStatus.CANCELLED}),
        JobStatus.RUNNING: frozenset(
            {JobStatus.QUEUED, JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED}
        ),
        JobStatus.SUCCEEDED: frozenset(),
        JobStatus.FAILED: frozenset(),
        JobStatus.CANCELLED: frozenset(),
    }
)

FINISHED: frozenset[JobStatus] = frozenset(status for status, after in MOVES.items() if not after)

AT_REST: frozenset[JobStatus] = FINISHED
"""Where no worker moves a job on: what a long poll waits for."""


def sources(target: JobStatus) -> frozenset[JobStatus]:
    """The states from which a job may move to `target`: the guard of that move's UPDATE."""
    return frozenset(status for status, after in MOVES.items() if target in after)
