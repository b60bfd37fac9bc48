"""The states of a job, the moves between them, and what its owner may do in each.

No status is set but along `MOVES`, and no owner moves a job but by `ACTIONS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class JobStatus(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    """Waits for a worker: just submitted, given back by a worker, resumed or retried."""

    RUNNING = "running"
    """Claimed by a worker, whose beat must go on."""

    PAUSED = "paused"
    """Set aside by its owner; goes on from its last checkpoint when it is resumed."""

    SUCCEEDED = "succeeded"
    """Ended as its spec says; the model and its scores are final."""

    FAILED = "failed"
    """Ended by an error, which the job names, or by a cost that was no longer finite."""

    CANCELLED = "cancelled"
    """Ended by its owner before it was through; the history until then is kept."""


QUEUED, RUNNING, PAUSED, SUCCEEDED, FAILED, CANCELLED = JobStatus

MOVES: Mapping[JobStatus, frozenset[JobStatus]] = MappingProxyType(
    {
        QUEUED: frozenset({RUNNING, PAUSED, CANCELLED}),
        RUNNING: frozenset({QUEUED, PAUSED, SUCCEEDED, FAILED, CANCELLED}),
        PAUSED: frozenset({QUEUED, CANCELLED}),
        SUCCEEDED: frozenset(),
        FAILED: frozenset({QUEUED}),
        CANCELLED: frozenset({QUEUED}),
    }
)

FINISHED: frozenset[JobStatus] = frozenset({SUCCEEDED, FAILED, CANCELLED})
"""Where a job stays unless its owner wants it tried again; here it may be deleted."""

AT_REST: frozenset[JobStatus] = FINISHED | {PAUSED}
"""Where no worker moves a job on: what a long poll waits for."""


@dataclass(frozen=True, slots=True)
class Action:
    """What an owner may do with a job: it moves to `target` from any of `sources`.

    One that is in `unchanged` already stays as it is, and that is no conflict.
    """

    name: str
    done: str
    target: JobStatus
    sources: frozenset[JobStatus]
    unchanged: frozenset[JobStatus] = frozenset()


CANCEL = Action(
    "cancel", "cancelled", CANCELLED, frozenset({QUEUED, RUNNING, PAUSED}), frozenset({CANCELLED})
)
PAUSE = Action("pause", "paused", PAUSED, frozenset({QUEUED, RUNNING}), frozenset({PAUSED}))
RESUME = Action("resume", "resumed", QUEUED, frozenset({PAUSED}))
RETRY = Action("retry", "retried", QUEUED, frozenset({FAILED, CANCELLED}))
ACTIONS = (CANCEL, PAUSE, RESUME, RETRY)

HAS_CHECKPOINT_MODEL: frozenset[JobStatus] = frozenset({RUNNING, PAUSED, FAILED, CANCELLED})
"""Where a job without a final model shows that of its last checkpoint, if it has one."""
