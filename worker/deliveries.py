"""Sends what webhooks are to be told, by threads of its own: nobody waits for a receiver."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Protocol

from service import retries, sendings
from service.database.sessions import Sessions
from service.sendings import LEASE_SECONDS, Answer, Sending
from worker.fairness import AT_ONCE, Fairness

CLOSING_SECONDS = 5.0

log = logging.getLogger(__name__)


class Post(Protocol):
    """The part of `worker.posting.Poster` that deliveries use."""

    def post(self, sending: Sending) -> Answer: ...


class Deliveries:
    """Several may run at once: each attempt is claimed first, and what a process that dies had
    claimed is due again when its lease is over.
    """

    def __init__(
        self,
        sessions: Sessions,
        poster: Post,
        lease_seconds: float = LEASE_SECONDS,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._sessions = sessions
        self._poster = poster
        self._lease_seconds = lease_seconds
        self._chance = chance
        self._fairness = Fairness()
        self._turn = threading.Lock()
        self._senders: set[threading.Thread] = set()
        self._over = threading.Event()

    def send_what_is_due(self) -> None:
        """Let threads send what is due, and return at once."""
        with self._sessions.reading() as session:
            if not sendings.some_are_due(session):
                return
        while len(self._senders) < AT_ONCE and (sending := self._take()) is not None:
            self._start(sending)

    def close(self) -> None:
        """Begin nothing more, and give what is being sent a few seconds to end."""
        self._over.set()
        deadline = time.monotonic() + CLOSING_SECONDS
        for sender in list(self._senders):
            sender.join(max(0.0, deadline - time.monotonic()))

    def _start(self, sending: Sending) -> None:
        # A daemon: a receiver that is slow must not keep the process from ending
        sender = threading.Thread(target=self._send_on, args=(sending,), daemon=True)
        self._senders.add(sender)
        sender.start()

    def _send_on(self, first: Sending) -> None:
        """Send this, and then whatever is due."""
        sending: Sending | None = first
        try:
            while sending is not None:
                self._send(sending)
                sending = self._take()
        except Exception as error:  # the database may be away for a while
            log.warning("a delivery is not recorded, and is sent again: %s", error)
        finally:
            self._senders.discard(threading.current_thread())

    def _take(self) -> Sending | None:
        if self._over.is_set():
            return None
        with self._turn, self._sessions.writing() as session:
            busy = self._fairness.busy_hosts()
            sending = sendings.claim(session, busy, self._lease_seconds)
            session.commit()
            if sending is not None:
                self._fairness.begin(sending.host)
            return sending

    def _send(self, sending: Sending) -> None:
        is_sound, seconds = False, 0.0
        try:
            answer = self._poster.post(sending)
            is_sound, seconds = answer.is_received, answer.seconds
        finally:
            with self._turn:
                self._fairness.end(sending.host, is_sound, seconds)
        self._record(sending, answer)

    def _record(self, sending: Sending, answer: Answer) -> None:
        failures = retries.TRIES - sending.tries_left
        delay = retries.delay_seconds(failures, self._chance, answer.retry_after_seconds)
        with self._sessions.writing() as session:
            sendings.record(session, sending, answer, delay)
            session.commit()
        if not answer.is_received:
            log.info("%r: %s", sending, answer.error or f"HTTP {answer.status}")
