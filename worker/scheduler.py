"""What runs by the clock, in a process of its own."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from functools import wraps
from typing import Protocol

from service.blobs import Blobs, open_blobs
from service.config import Config
from service.database.fit import SchemaWatch
from service.database.sessions import Sessions
from service.errors import Unfit
from service.presence import SCHEDULER, Presence
from service.queue import Sender
from worker.clearing import Clearing
from worker.deliveries import Deliveries
from worker.housekeeping import Housekeeping
from worker.posting import Poster
from worker.recovery import Recovery
from worker.retention import Retention
from worker.tracking import Tracking

INTERVAL_SECONDS = 1.0
# So many looks fit into a lease: one that is over is seen soon after.
LOOKS_IN_A_LEASE = 5
HOUSEKEEPING_SECONDS = 600.0
RETENTION_SECONDS = 5.0

log = logging.getLogger(__name__)

Duty = Callable[[], None]


class Schema(Protocol):
    """The part of `service.database.fit.SchemaWatch` that decides on duties."""

    def require(self) -> None: ...


def run(config: Config) -> int:
    """Do the duties until SIGTERM or SIGINT; return the exit code."""
    over = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _signal, _frame: over.set())
    with ExitStack() as opened:
        sessions = opened.enter_context(closing(Sessions.of(config)))
        sender = opened.enter_context(closing(Sender(config)))
        recovery = Recovery(sessions, sender, config.lease_seconds, time.monotonic)
        housekeeping = Housekeeping(sessions)
        blobs = open_blobs(config)
        clearing = Clearing(sessions, blobs, time.monotonic)
        presence = Presence(sessions, SCHEDULER)
        opened.callback(presence.close)
        presence.start()
        poster = Poster(config.webhook_allow)
        deliveries = opened.enter_context(closing(Deliveries(sessions, poster)))
        duties = [
            recovery.take_back_lost_jobs,
            recovery.wake_overlooked_jobs,
            deliveries.send_what_is_due,
            every(HOUSEKEEPING_SECONDS, housekeeping.forget_expired_keys, time.monotonic),
            every(HOUSEKEEPING_SECONDS, housekeeping.add_up_processes_gone, time.monotonic),
            every(HOUSEKEEPING_SECONDS, clearing.clear_unnamed_blobs, time.monotonic),
        ]
        if config.mlflow_url:
            tracking = opened.enter_context(closing(_tracking(config, sessions, blobs)))
            duties.append(tracking.write_what_is_due)
        if config.retention_days:
            retention = Retention(sessions, blobs, config.retention_days, time.monotonic)
            duties.append(every(RETENTION_SECONDS, retention.remove_what_is_old, time.monotonic))
        interval_seconds = min(INTERVAL_SECONDS, config.lease_seconds / LOOKS_IN_A_LEASE)
        schema = SchemaWatch(sessions)
        Scheduler([where_fit(schema, duty) for duty in duties], over).run(interval_seconds)
    return 0


def _tracking(config: Config, sessions: Sessions, blobs: Blobs) -> Tracking:
    # Only where it is wanted: MLflow is an extra, and takes a second to import
    from worker.mlflow_writer import MlflowWriter

    writer = MlflowWriter(sessions, blobs, config.mlflow_url, config.mlflow_experiment)
    return Tracking(sessions, writer, time.monotonic)


def where_fit(schema: Schema, duty: Duty) -> Duty:
    """``duty``, but not on a database of another version."""

    @wraps(duty)
    def when_fit() -> None:
        with suppress(Unfit):
            schema.require()
            duty()

    return when_fit


def every(seconds: float, duty: Duty, clock: Callable[[], float]) -> Duty:
    """``duty`` at the first look, and then when ``seconds`` are over since it was last done.

    One that failed was not done.
    """
    due = clock()

    @wraps(duty)
    def when_due() -> None:
        nonlocal due
        if clock() >= due:
            duty()
            due = clock() + seconds

    return when_due


class Scheduler:
    """Does each duty at each interval, whatever became of the others, until ``over`` is set."""

    def __init__(self, duties: Sequence[Duty], over: threading.Event) -> None:
        self._duties = duties
        self._over = over
        self._failing: set[Duty] = set()

    def run(self, interval_seconds: float) -> None:
        while not self._over.is_set():
            for duty in self._duties:
                self._do(duty)
            self._over.wait(interval_seconds)

    def _do(self, duty: Duty) -> None:
        try:
            duty()
        except Exception as error:  # the database or the broker may be away for a while
            if duty not in self._failing:
                log.warning("%s failed, and is tried again: %s", duty.__name__, error)
                self._failing.add(duty)
        else:
            self._failing.discard(duty)
