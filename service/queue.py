"""Wakes workers. A wake-up says only "look for work": the database knows which job is next."""

from __future__ import annotations

import logging
import queue
import threading

from celery import Celery
from kombu import Queue as BrokerQueue

from service.broker import QUEUE_NAME, TRAIN_TASK, sender_settings
from service.config import Config

MOST_PENDING = 1000

log = logging.getLogger(__name__)


class Sender:
    """Sends wake-ups while the caller waits; raises what the broker raises, within a second."""

    def __init__(self, config: Config) -> None:
        self._app = Celery("descentd", set_as_current=False)
        self._app.conf.update(sender_settings(config))

    def send(self) -> None:
        """Send one wake-up to whichever worker is free."""
        self._app.send_task(TRAIN_TASK, retry=False, ignore_result=True)

    def waiting(self) -> int:
        """Count the wake-ups that no worker has taken yet."""
        with self._app.connection_for_write() as connection:
            declared = BrokerQueue(QUEUE_NAME)(connection.default_channel).queue_declare()
        return int(declared.message_count)

    def close(self) -> None:
        self._app.close()


class Queue:
    """Sends wake-ups from a thread of its own, so that no request ever waits for the broker.

    What cannot be sent is dropped, with one line in the log for each spell of failures: recovery
    sends again for every job that waits too long.
    """

    def __init__(self, config: Config) -> None:
        self._sender = Sender(config)
        self._pending: queue.Queue[str | None] = queue.Queue(MOST_PENDING)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._failing = False

    def wake(self, job_id: str) -> None:
        """Ask for a worker on behalf of ``job_id``. Returns at once and never raises."""
        self._ensure_thread()
        try:
            self._pending.put_nowait(job_id)
        except queue.Full:
            log.debug("no wake-up sent for %s: too many are pending", job_id)

    def reachable(self) -> bool:
        """Whether the broker answers, found out within a second."""
        try:
            self._sender.waiting()
        except Exception as error:
            log.warning("the broker does not answer: %s", error)
            return False
        return True

    def close(self) -> None:
        """Send what is pending, for a second at most, and let go of the broker."""
        if self._thread is not None:
            try:
                self._pending.put_nowait(None)
            except queue.Full:
                return
            self._thread.join(timeout=1.0)
        self._sender.close()

    def _ensure_thread(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="wake-ups", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while (job_id := self._pending.get()) is not None:
            self._send(job_id)

    def _send(self, job_id: str) -> None:
        try:
            self._sender.send()
        except Exception as error:  # whatever the broker's client raises, the thread lives on
            if not self._failing:
                log.warning("no wake-up sent for %s: %s", job_id, error)
            self._failing = True
        else:
            self._failing = False
