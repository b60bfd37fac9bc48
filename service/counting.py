"""What the service counts of itself: noted in a transaction, and counted once it commits."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import event
from sqlalchemy.orm import Session

COUNTS = "counts"
PENDING = "noted"
SEPARATOR = "/"


@dataclass(frozen=True, slots=True)
class Counted:
    """A thing that is counted: what it is, and by which labels it is told apart.

    Of those that have one label, `values` are all that it may be, if they are few: each is shown
    from the start, since a count whose first sample is a 1 has never risen to Prometheus.
    """

    meaning: str
    labels: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    def at_first(self) -> list[tuple[str, ...]]:
        """The labels of the counts that are shown before anything was counted."""
        return [(value,) for value in self.values] if self.labels else [()]


EPOCHS = "epochs"
ATTEMPTS = "attempts"
LEASE_EXPIRIES = "lease_expiries"
JOBS_ENDED = "jobs_ended"
WEBHOOK_ATTEMPTS = "webhook_attempts"
DELIVERIES_ENDED = "webhook_deliveries_ended"

RECEIVED, NOT_RECEIVED = "received", "failed"
"""The outcomes of an attempt to tell a receiver."""

DELIVERED, GIVEN_UP = "delivered", "failed"
"""How a delivery ends, as `service.deliveries.DeliveryStatus` has it."""

COUNTED: Mapping[str, Counted] = {
    EPOCHS: Counted("Epochs written to the histories of jobs"),
    ATTEMPTS: Counted("Attempts begun by workers"),
    LEASE_EXPIRIES: Counted("Jobs taken back from workers that were silent for a lease"),
    JOBS_ENDED: Counted("Jobs that ended, by how", ("status", "stop_reason")),
    WEBHOOK_ATTEMPTS: Counted(
        "Attempts to tell a receiver of an event, by outcome",
        ("outcome",),
        (RECEIVED, NOT_RECEIVED),
    ),
    DELIVERIES_ENDED: Counted(
        "Deliveries that ended: delivered, or failed and not tried again",
        ("status",),
        (DELIVERED, GIVEN_UP),
    ),
}


class Counts:
    """What one process has counted since it began; any thread may add."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counter: Counter[str] = Counter()

    def add(self, noted: Mapping[str, int]) -> None:
        with self._lock:
            self._counter.update(noted)

    def all(self) -> dict[str, int]:
        with self._lock:
            return dict(self._counter)


def note(session: Session, name: str, *labels: str, by: int = 1) -> None:
    """Count ``by`` more of ``name`` once the session commits; nothing if it does not."""
    assert len(labels) == len(COUNTED[name].labels)
    session.info.setdefault(PENDING, Counter())[SEPARATOR.join((name, *labels))] += by


def labels_of(key: str) -> tuple[str, tuple[str, ...]]:
    """The name and the labels that a key of `Counts.all` stands for."""
    name, *labels = key.split(SEPARATOR)
    return name, tuple(labels)


@event.listens_for(Session, "after_commit")
def _count(session: Session) -> None:
    noted = session.info.pop(PENDING, None)
    if noted and COUNTS in session.info:
        session.info[COUNTS].add(noted)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(PENDING, None)
