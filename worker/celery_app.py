"""The Celery application of a worker, and what its processes do at their start and end."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable
from typing import Any

from celery import Celery, signals
from celery.exceptions import SecurityWarning
from celery.worker import state

from service import heartbeat, presence
from service.blobs import open_blobs
from service.broker import worker_settings
from service.config import Config
from service.database.sessions import Sessions
from service.presence import Presence
from service.queue import Sender
from service.telemetry import open_tracing
from worker import environment, memory, tasks
from worker.hearing import Hearing
from worker.leaving import leave
from worker.process import Process
from worker.runner import Runner
from worker.stop_flag import StopFlag

# At least so many beats fit into a lease, so that one that comes late loses no job.
BEATS_IN_A_LEASE = 4
# One line for each wake-up would say less than the runner's lines on jobs.
TALKATIVE = ("celery.worker.strategy", "celery.app.trace")


def run(config: Config, concurrency: int) -> int:
    """Work with ``concurrency`` processes until SIGTERM or SIGINT; return the exit code."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Of root, because messages could carry code. Here they carry nothing.
    warnings.simplefilter("ignore", SecurityWarning)
    worker = make_celery(config).Worker(
        concurrency=concurrency,
        pool="prefork",
        loglevel=config.log_level.upper(),
        quiet=True,
        # Workers that talk to each other start a second later and tell nothing that is needed.
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    _hearing(config, concurrency).watch()
    worker.start()
    return int(worker.exitcode or 0)


def make_celery(config: Config) -> Celery:
    """An application with its one task; each process forked from it gets a runner of its own."""
    app = Celery("descentd", set_as_current=False)
    app.conf.update(worker_settings(config))
    flag = StopFlag()
    process = Process(lambda stopping: _runner(config, stopping), flag.is_set)

    def hand_back(**_: Any) -> None:
        flag.set()

    def after_fork(**_: Any) -> None:
        process.start()
        memory.limit(config.worker_memory_bytes)

    # Sent in the parent; its children see the flag between two batches.
    signals.worker_shutting_down.connect(hand_back, weak=False)
    signals.worker_process_init.connect(after_fork, weak=False)
    tasks.register(app, process.run_until_idle)
    return app


def _runner(config: Config, stopping: Callable[[], bool]) -> Runner:
    sessions, name = Sessions.of(config), presence.process_name()
    here = Presence(sessions, presence.WORKER, name)
    here.start()
    tracing = open_tracing(presence.WORKER, os.environ)

    def part(**_: Any) -> None:
        here.close()
        tracing.close()

    signals.worker_process_shutdown.connect(part, weak=False)
    return Runner(
        sessions,
        open_blobs(config),
        name,
        environment=environment.describe(config.threads),
        stopping=stopping,
        beat_seconds=min(heartbeat.INTERVAL_SECONDS, config.lease_seconds / BEATS_IN_A_LEASE),
        most_seconds=config.max_job_seconds or None,
        tracing=tracing,
        most_of_a_tenant=config.max_running_jobs or None,
    )


def _hearing(config: Config, concurrency: int) -> Hearing:
    return Hearing(
        waiting=Sender(config).waiting,
        free=lambda: len(state.active_requests) < concurrency,
        leave=leave,
    )
