"""Which processes of the service are there, and what each has counted: one row for each of them."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service.database.inserts import insert_if_new
from service.database.service_tables import ServiceProcess
from service.database.sessions import Sessions
from service.database.types import now
from service.version import VERSION

INTERVAL_SECONDS = 5.0
SEEN_LATELY = timedelta(seconds=20)
GONE_AFTER = timedelta(hours=1)
GONE = "gone"
"""The row that holds what processes counted that are gone."""

API, WORKER, SCHEDULER = "api", "worker", "scheduler"

log = logging.getLogger(__name__)


def process_name() -> str:
    """A name of this process that no other has had."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


class Presence:
    """Reports, at intervals and from a thread, that a process is there and what it counted.

    What it counted since the last report is lost with it. A row that was taken for one of a
    process that is gone, and added up, is begun anew.
    """

    def __init__(self, sessions: Sessions, kind: str, name: str | None = None) -> None:
        self._sessions = sessions
        self._kind = kind
        self._name = name or process_name()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._told: Mapping[str, int] = {}
        self._told_before: Mapping[str, int] = {}

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Report once more, and then no more."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(INTERVAL_SECONDS)

    def report(self) -> None:
        """Write the row; raises what the database raises."""
        counts = self._sessions.counts.all()
        with self._sessions.writing() as session:
            if not _renew(session, self._name, _less(counts, self._told_before)):
                self._told_before = self._told
                fresh = _less(counts, self._told_before)
                _begin(session, self._name, self._kind, fresh)
            session.commit()
        self._told = counts

    def _run(self) -> None:
        self._try_to_report()
        while not self._over.wait(INTERVAL_SECONDS):
            self._try_to_report()
        self._try_to_report()

    def _try_to_report(self) -> None:
        try:
            self.report()
        except SQLAlchemyError as error:
            log.debug("this process could not report: %s", error)


def _less(counts: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    return {key: count - before.get(key, 0) for key, count in counts.items()}


def _renew(session: Session, name: str, counts: Mapping[str, int]) -> bool:
    mine = update(ServiceProcess).where(ServiceProcess.name == name)
    renewed = mine.values(counts=dict(counts), seen_at=now()).returning(ServiceProcess.name)
    return session.execute(renewed).one_or_none() is not None


def _begin(session: Session, name: str, kind: str, counts: Mapping[str, int]) -> None:
    row = {"name": name, "kind": kind, "version": VERSION, "counts": dict(counts)}
    session.execute(insert(ServiceProcess).values(**row))


def add_up_the_gone(session: Session) -> None:
    """Make one row of those of processes that have not reported for an hour."""
    before = now() - GONE_AFTER
    silent = delete(ServiceProcess).where(
        ServiceProcess.seen_at < before, ServiceProcess.name != GONE
    )
    found = session.scalars(silent.returning(ServiceProcess.counts)).all()
    if not found:
        return
    insert_if_new(session, ServiceProcess, name=GONE, kind=GONE, version="", counts={})
    # Two that do this at once take turns at this row
    held = select(ServiceProcess).where(ServiceProcess.name == GONE).with_for_update()
    row = session.scalars(held.execution_options(populate_existing=True)).one()
    row.counts = dict(sum((Counter(counts) for counts in found), Counter(row.counts)))


def totals(session: Session) -> dict[str, int]:
    """What all processes have counted, those that are gone too."""
    total: Counter[str] = Counter()
    for counts in session.scalars(select(ServiceProcess.counts)):
        total.update(counts)
    return dict(total)


def seen_lately(session: Session) -> dict[str, int]:
    """How many processes of each kind have reported a moment ago."""
    lately = select(ServiceProcess.kind, func.count().label("processes")).where(
        ServiceProcess.seen_at >= now() - SEEN_LATELY, ServiceProcess.name != GONE
    )
    found = session.execute(lately.group_by(ServiceProcess.kind))
    return {row.kind: row.processes for row in found}


def last_seen(session: Session, kind: str) -> datetime | None:
    """When a process of this kind last reported."""
    return session.scalar(
        select(func.max(ServiceProcess.seen_at)).where(ServiceProcess.kind == kind)
    )
