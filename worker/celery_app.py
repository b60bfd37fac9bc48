"""The Celery application of a worker, and what its processes do at their start and end."""

from __future__ import annotations

import logging
import os
import socket
import uuid
from collections.abc import Callable
from typing import Any

from celery import Celery, signals

from service.blobs import FileBlobs
from service.broker import worker_settings
from service.config import Config
from service.database.sessions import Sessions
from worker import environment, heartbeat, tasks
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
    worker.start()
    return int(worker.exitcode or 0)


def make_celery(config: Config) -> Celery:
    """An application with its one task; each process forked from it gets a runner of its own."""
    app = Celery("descentd", set_as_current=False)
    app.conf.update(worker_settings(config))
    flag = StopFlag()
    process = _Process(lambda: _runner(config, flag.is_set))

    def hand_back(**_: Any) -> None:
        flag.set()

    def after_fork(**_: Any) -> None:
        process.start()

    # Sent in the parent; its children see the flag between two batches.
    signals.worker_shutting_down.connect(hand_back, weak=False)
    signals.worker_process_init.connect(after_fork, weak=False)
    tasks.register(app, process.run_until_idle)
    return app


class _Process:
    """A forked process: its runner is made after the fork, with connections of its own."""

    def __init__(self, make_runner: Callable[[], Runner]) -> None:
        self._make_runner = make_runner
        self._runner: Runner | None = None

    def start(self) -> None:
        self._runner = self._make_runner()

    def run_until_idle(self) -> None:
        assert self._runner is not None, "the process was never started"
        self._runner.run_until_idle()


def _runner(config: Config, stopping: Callable[[], bool]) -> Runner:
    return Runner(
        Sessions.of(config),
        FileBlobs(config.data_dir / "blobs"),
        f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}",
        environment=environment.describe(config.threads),
        stopping=stopping,
        beat_seconds=min(heartbeat.INTERVAL_SECONDS, config.lease_seconds / BEATS_IN_A_LEASE),
    )
