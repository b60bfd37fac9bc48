"""Deliveries as a scheduler sends them: to real receivers, at least once, waiting for none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

import pytest
import standardwebhooks
from sqlalchemy import select

from service import actions, deliveries, jobs, sendings
from service.database.sessions import Sessions
from service.database.webhook_tables import Delivery
from service.destinations import Allowed
from service.sendings import Answer, Sending
from service.webhooks import Webhook, WebhookEvent
from worker.deliveries import Deliveries
from worker.fairness import AT_ONCE_TO_A_HOST
from worker.posting import Poster

from .receiver import receiving

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TENANT = "default"
HERE = Allowed.parse("127.0.0.1")
PATIENCE_SECONDS = 60.0


@pytest.fixture
def cancelled(sessions: Sessions, submit: Callable[..., str]) -> Callable[..., str]:
    """Submits a job with these webhooks, cancels it, and gives its id."""

    def make(*urls: str) -> str:
        job_id = submit(webhooks=[Webhook(url, (SECRET,), tuple(WebhookEvent)) for url in urls])
        with sessions.writing() as session:
            actions.cancel(session, TENANT, job_id)
            session.commit()
        return job_id

    return make


@pytest.fixture
def sender(sessions: Sessions) -> Iterator[Callable[..., Deliveries]]:
    """Makes deliveries that send to this machine; what is given replaces their poster."""
    made: list[Deliveries] = []

    def make(poster: Any = None, **options: Any) -> Deliveries:
        made.append(Deliveries(sessions, poster or Poster(HERE), **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def until(sessions: Sessions) -> Callable[[str, str], list[Delivery]]:
    """Waits until every delivery of a job has this status, and gives them."""

    def wait(job_id: str, status: str) -> list[Delivery]:
        deadline = monotonic() + PATIENCE_SECONDS
        while monotonic() < deadline:
            with sessions.reading() as session:
                chosen = select(Delivery).where(Delivery.job_id == job_id)
                rows = list(session.scalars(chosen))
            if rows and {row.status for row in rows} == {status}:
                return rows
            sleep(0.01)
        pytest.fail(f"not all are {status}: {[row.status for row in rows]}")

    return wait


def test_what_is_due_is_sent_signed_and_written_down(
    cancelled: Callable[..., str],
    sender: Callable[..., Deliveries],
    until: Callable[..., list[Delivery]],
) -> None:
    with receiving() as receiver:
        job_id = cancelled(receiver.url, receiver.url)
        sender().send_what_is_due()
        rows = until(job_id, "delivered")
        got = [receiver.next() for _ in rows]
    for message in got:
        told = standardwebhooks.Webhook(SECRET).verify(message.body, message.headers)
        assert (told["type"], told["data"]["id"]) == ("job.cancelled", job_id)
    assert {message.headers["webhook-id"] for message in got} == {row.id for row in rows}
    assert [row.answers[0]["status"] for row in rows] == [204, 204]


def test_a_failure_is_put_off_and_a_redelivery_sends_the_same_again(
    sessions: Sessions,
    cancelled: Callable[..., str],
    sender: Callable[..., Deliveries],
    until: Callable[..., list[Delivery]],
) -> None:
    statuses = iter([500, 200])
    with receiving(lambda handler: handler.send(next(statuses), b"hm")) as receiver:
        job_id = cancelled(receiver.url)
        started = datetime.now(UTC)
        sending = sender(chance=lambda: 0.0)
        sending.send_what_is_due()
        first = receiver.next()
        while True:
            (row,) = until(job_id, "pending")
            if row.answers:
                break
        assert 5 <= (row.next_attempt_at - started).total_seconds() < 60
        with sessions.writing() as session:
            deliveries.redeliver(session, TENANT, job_id, row.id)
            session.commit()
        sending.send_what_is_due()
        second = receiver.next()
        (row,) = until(job_id, "delivered")
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert [(one["status"], one["body"]) for one in row.answers] == [(500, "hm"), (200, "hm")]


def test_a_crash_between_sending_and_writing_it_down_repeats_the_same_message(
    sessions: Sessions,
    cancelled: Callable[..., str],
    sender: Callable[..., Deliveries],
    until: Callable[..., list[Delivery]],
) -> None:
    class Crashing:
        """Sends, and dies before it can tell."""

        def post(self, sending: Sending) -> Answer:
            Poster(HERE).post(sending)
            raise RuntimeError("gone")

    with receiving() as receiver:
        job_id = cancelled(receiver.url)
        sender(Crashing(), lease_seconds=0.5).send_what_is_due()
        first = receiver.next()
        other = sender()
        deadline = monotonic() + PATIENCE_SECONDS
        while receiver.got.empty() and monotonic() < deadline:
            other.send_what_is_due()
            sleep(0.02)
        second = receiver.next()
        (row,) = until(job_id, "delivered")
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert row.attempts == 2
    assert [one["attempt"] for one in row.answers] == [2]


def test_two_schedulers_send_each_delivery_once(
    cancelled: Callable[..., str],
    sender: Callable[..., Deliveries],
    until: Callable[..., list[Delivery]],
) -> None:
    with receiving() as receiver:
        made = [cancelled(*[receiver.url] * 5) for _ in range(4)]
        both = [sender(), sender()]
        threads = [threading.Thread(target=one.send_what_is_due) for one in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rows = [row for job_id in made for row in until(job_id, "delivered")]
        ids = [receiver.next().headers["webhook-id"] for _ in rows]
    assert sorted(ids) == sorted(row.id for row in rows)
    assert receiver.got.empty()


def test_receivers_that_never_answer_hold_up_neither_others_nor_a_cancel_nor_the_clock(
    sessions: Sessions,
    cancelled: Callable[..., str],
    sender: Callable[..., Deliveries],
    until: Callable[..., list[Delivery]],
) -> None:
    """Those are named apart, so that each is a host of its own."""
    let_go = threading.Event()
    waiting = threading.Semaphore(0)

    class Stuck:
        """Answers for one receiver; all others are silent until they are let go."""

        def post(self, sending: Sending) -> Answer:
            if sending.host != "sound.example.com":
                waiting.release()
                let_go.wait(PATIENCE_SECONDS)
                return Answer(at=datetime.now(UTC), seconds=15.0, error="silent")
            return Answer(at=datetime.now(UTC), seconds=0.1, status=200)

    for _ in range(3):
        cancelled(*[f"https://dead.example.com/{number}" for number in range(5)])
    sending = sender(Stuck())
    sending.send_what_is_due()
    for _ in range(AT_ONCE_TO_A_HOST):
        assert waiting.acquire(timeout=PATIENCE_SECONDS)
    job_id = cancelled("https://sound.example.com/")
    sending.send_what_is_due()
    until(job_id, "delivered")
    assert not waiting.acquire(blocking=False)
    let_go.set()


def test_what_is_due_while_the_database_is_away_is_sent_when_it_is_back(
    sessions: Sessions, cancelled: Callable[..., str], until: Callable[..., list[Delivery]]
) -> None:
    class Away:
        """Sessions of which the first to write down an answer fails."""

        def __init__(self) -> None:
            self.failures = 1

        def reading(self) -> Any:
            return sessions.reading()

        def writing(self) -> Any:
            if threading.current_thread() is not threading.main_thread() and self.failures:
                self.failures -= 1
                raise ConnectionError("away")
            return sessions.writing()

    with receiving() as receiver:
        job_id = cancelled(receiver.url)
        sending = Deliveries(Away(), Poster(HERE), lease_seconds=0.3)  # type: ignore[arg-type]
        deadline = monotonic() + PATIENCE_SECONDS
        while receiver.got.qsize() < 2 and monotonic() < deadline:
            sending.send_what_is_due()
            sleep(0.02)
        (row,) = until(job_id, "delivered")
        sending.close()
    assert row.attempts == 2


def test_a_job_goes_with_its_deliveries_and_one_being_sent_does_no_harm(
    sessions: Sessions, cancelled: Callable[..., str]
) -> None:
    job_id = cancelled("https://example.com/")
    with sessions.writing() as session:
        sending = sendings.claim(session)
        assert sending is not None
        actions.delete(session, TENANT, job_id)
        answer = Answer(at=datetime.now(UTC), seconds=0.1, status=410)
        assert sendings.record(session, sending, answer, 0.0) is False
        session.commit()


def test_a_worker_that_trains_tells_of_running_and_of_success(
    sessions: Sessions, submit: Callable[..., str], runner: Callable[..., Any]
) -> None:
    job_id = submit(webhooks=[Webhook("https://example.com/", (SECRET,), tuple(WebhookEvent))])
    runner().run_until_idle()
    with sessions.reading() as session:
        assert jobs.get(session, TENANT, job_id).status == "succeeded"
        page = deliveries.page(session, TENANT, job_id, limit=9, after=None)
        assert [row.kind for row in page.data] == ["job.succeeded", "job.running"]
