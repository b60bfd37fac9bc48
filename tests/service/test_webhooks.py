"""Every event a webhook wants makes one delivery, with the move itself; one sender has it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from service import actions, claims, deliveries, jobs, leases, sendings
from service.auth import ensure_tenant
from service.database.webhook_tables import Delivery
from service.database.webhook_tables import Webhook as WebhookRow
from service.errors import NotFound
from service.leases import Pulse
from service.retries import TRIES
from service.sendings import Answer
from service.webhooks import Webhook, WebhookEvent

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ALL = tuple(WebhookEvent)


def webhook(url="https://example.com/hook", events=ALL, secrets=(SECRET,)):
    return Webhook(url, secrets, events)


def answer(status=200, **fields):
    return Answer(at=datetime.now(UTC), seconds=0.5, status=status, **fields)


@pytest.fixture
def listed(read):
    """The deliveries of a job, oldest first."""

    def look(job_id, tenant="default"):
        page = read(deliveries.page, tenant, job_id, limit=500, after=None)
        return list(reversed(page.data))

    return look


@pytest.fixture
def told(read):
    """What is sent of a job, oldest first, each with its webhook's position."""

    def look(job_id):
        rows = select(Delivery).where(Delivery.job_id == job_id).order_by(Delivery.id)
        found = read(lambda session: list(session.scalars(rows)))
        return [(row.position, json.loads(row.payload)) for row in found]

    return look


@pytest.fixture
def one_due(submitted, claimed, listed):
    """Submits a job, claims it, and gives the id of the one delivery that makes."""

    def make(url="https://example.com/hook"):
        job_id = submitted(webhooks=[webhook(url)]).id
        claimed()
        (delivery,) = listed(job_id)
        return delivery.id

    return make


def test_a_job_tells_of_running_and_of_its_success(
    submitted, claimed, write, records, outcome, model, told
):
    job_id = submitted(name="naïve", webhooks=[webhook()]).id
    assert told(job_id) == []
    claim = claimed()
    write(claims.record, claim, records(range(3)))
    write(claims.finish, claim, outcome, model)
    (_, running), (_, succeeded) = told(job_id)
    assert (running["type"], running["data"]["status"]) == ("job.running", "running")
    assert (succeeded["type"], succeeded["data"]["status"]) == ("job.succeeded", "succeeded")
    job = succeeded["data"]
    assert (job["id"], job["name"], job["cost"]) == (job_id, "naïve", 0.125)
    assert job["weights_sha256"] == "ab" * 32
    assert job["metrics"]["training"] == {"mae": 0.5, "rmse": 0.75, "r2": None}
    assert job["links"]["self"] == f"/v1/jobs/{job_id}"
    assert datetime.fromisoformat(succeeded["timestamp"]).utcoffset() == timedelta(0)
    assert SECRET not in json.dumps([running, succeeded])


def test_a_job_tells_of_its_end_however_it_came(submitted, claimed, write, told):
    wanted = [webhook()]
    cancelled = submitted(webhooks=wanted).id
    write(actions.cancel, "default", cancelled)
    failed, lost = submitted(webhooks=wanted).id, submitted(webhooks=wanted).id
    write(claims.fail, claimed(), "data", "no rows")
    for _ in range(leases.MAX_LOST_ATTEMPTS):
        claim = claimed()
        assert write(leases.take_back, Pulse(lost, claim.attempt, 0))
    kinds = {job: [body["type"] for _, body in told(job)] for job in (cancelled, failed, lost)}
    assert kinds == {
        cancelled: ["job.cancelled"],
        failed: ["job.running", "job.failed"],
        lost: ["job.running"] * leases.MAX_LOST_ATTEMPTS + ["job.failed"],
    }
    (_, last) = told(lost)[-1]
    assert last["data"]["error"]["code"] == "worker_lost"


def test_each_webhook_is_told_of_what_it_wants_alone(submitted, claimed, write, told):
    job_id = submitted(
        webhooks=[webhook(events=("job.cancelled",)), webhook(), webhook(events=("job.running",))]
    ).id
    claimed()
    write(actions.pause, "default", job_id)
    write(actions.cancel, "default", job_id)
    found = sorted((position, body["type"]) for position, body in told(job_id))
    assert found == [
        (0, "job.cancelled"),
        (1, "job.cancelled"),
        (1, "job.running"),
        (2, "job.running"),
    ]


def test_a_move_that_is_not_committed_tells_nobody(submitted, sessions, listed):
    job_id = submitted(webhooks=[webhook()]).id
    with sessions.writing() as session:
        actions.cancel(session, "default", job_id)
    assert listed(job_id) == []


def test_a_sending_holds_what_it_takes_and_shows_no_secret(one_due, write):
    delivery_id = one_due("https://a.example.com/x?token=abc")
    sending = write(sendings.claim)
    assert (sending.id, sending.attempt, sending.host) == (delivery_id, 1, "a.example.com")
    assert sending.secrets == (SECRET,)
    assert json.loads(sending.body)["type"] == "job.running"
    for shown in (repr(sending), repr(webhook())):
        assert SECRET not in shown
        assert "token" not in shown


def test_a_delivery_is_claimed_once_until_its_lease_is_over(one_due, write, at_once, read):
    delivery_id = one_due()
    found = at_once([lambda: write(sendings.claim)] * 8)
    assert [sending.id for sending in found if sending] == [delivery_id]
    assert not read(sendings.some_are_due)


def test_a_sender_that_died_is_followed_by_another_and_can_write_nothing(one_due, write, listed):
    one_due()
    dead = write(sendings.claim, lease_seconds=0)
    next_one = write(sendings.claim)
    assert (next_one.id, next_one.attempt, next_one.body) == (dead.id, 2, dead.body)
    assert write(sendings.record, dead, answer(), 0) is False
    assert write(sendings.record, next_one, answer(201), 0) is True
    (delivery,) = listed(next_one.job_id)
    assert (delivery.status, delivery.attempts) == ("delivered", 2)
    assert [one["status"] for one in delivery.answers] == [201]


def test_a_delivery_whose_senders_all_died_is_given_up(one_due, write, read, listed):
    one_due()
    senders = [write(sendings.claim, lease_seconds=0) for _ in range(TRIES + 1)]
    assert [sender is not None for sender in senders] == [True] * TRIES + [False]
    assert not read(sendings.some_are_due)
    (delivery,) = listed(senders[0].job_id)
    assert (delivery.status, delivery.next_attempt_at) == ("failed", None)


def test_a_failure_is_tried_again_after_its_delay_until_there_are_no_tries_left(
    one_due, write, read, listed
):
    one_due()
    first = write(sendings.claim)
    write(sendings.record, first, answer(500), 3600)
    (delivery,) = listed(first.job_id)
    wait = delivery.next_attempt_at - datetime.now(UTC)
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)
    assert not read(sendings.some_are_due)
    write(deliveries.redeliver, "default", first.job_id, delivery.id)
    for attempt in range(2, TRIES + 2):
        sending = write(sendings.claim)
        assert sending.attempt == attempt
        write(sendings.record, sending, answer(None, error="No connection."), 0)
    (delivery,) = listed(first.job_id)
    assert (delivery.status, delivery.attempts) == ("failed", TRIES + 1)
    assert delivery.next_attempt_at is None
    assert [one["attempt"] for one in delivery.answers] == list(range(2, 12))
    assert write(sendings.claim) is None


@pytest.mark.parametrize("status", [410, None])
def test_what_is_final_is_not_tried_again(status, one_due, write, listed):
    one_due()
    sending = write(sendings.claim)
    write(sendings.record, sending, answer(status, is_final=status is None), 0)
    (delivery,) = listed(sending.job_id)
    assert delivery.status == "failed"
    assert write(sendings.claim) is None


def test_a_receiver_that_is_gone_is_told_no_more_until_its_owner_wants_it(
    submitted, claimed, write, listed
):
    job_id = submitted(webhooks=[webhook(), webhook("https://other.example.com/")]).id
    claimed()
    gone = write(sendings.claim)
    write(sendings.record, gone, answer(410), 0)
    write(actions.pause, "default", job_id)
    write(actions.resume, "default", job_id)
    claimed()
    positions = [delivery.position for delivery in listed(job_id)]
    assert positions.count(gone.position) == 1
    assert positions.count(1 - gone.position) == 2
    write(deliveries.redeliver, "default", job_id, gone.id)
    write(actions.cancel, "default", job_id)
    assert [delivery.position for delivery in listed(job_id)].count(gone.position) == 2


def test_a_redelivery_beside_a_running_attempt_is_not_sent_twice(one_due, write, listed):
    delivery_id = one_due()
    sending = write(sendings.claim)
    write(deliveries.redeliver, "default", sending.job_id, delivery_id)
    assert write(sendings.claim) is None
    write(sendings.record, sending, answer(500), 0)
    (delivery,) = listed(sending.job_id)
    assert (delivery.status, delivery.tries_left) == ("pending", TRIES)
    again = write(sendings.claim)
    assert (again.id, again.body) == (sending.id, sending.body)


def test_busy_hosts_are_passed_over(one_due, write):
    first, second = one_due("https://a.example.com/"), one_due("https://b.example.com/")
    assert write(sendings.claim, {"a.example.com"}).id == second
    assert write(sendings.claim, {"a.example.com"}) is None
    assert write(sendings.claim).id == first


def test_deliveries_are_their_tenants_own(sessions, submitted, claimed, write, read):
    write(ensure_tenant, "other")
    job_id = submitted(webhooks=[webhook()]).id
    mine = submitted(tenant_id="other", webhooks=[webhook()]).id
    claimed()
    delivery_id = read(deliveries.page, "default", job_id, limit=5, after=None).data[0].id
    for use in (
        lambda session: deliveries.page(session, "other", job_id, limit=5, after=None),
        lambda session: deliveries.redeliver(session, "other", job_id, delivery_id),
        lambda session: deliveries.redeliver(session, "other", mine, delivery_id),
        lambda session: deliveries.redeliver(session, "default", job_id, "dlv_" + "0" * 26),
        lambda session: deliveries.redeliver(session, "default", job_id, "nonsense"),
    ):
        with pytest.raises(NotFound):
            write(use)


def test_a_deleted_job_takes_its_webhooks_and_deliveries_along(submitted, write, read):
    job_id = submitted(webhooks=[webhook()]).id
    write(actions.cancel, "default", job_id)
    write(actions.delete, "default", job_id)
    for table in (Delivery, WebhookRow):
        assert read(lambda session, table=table: session.scalars(select(table)).all()) == []
    assert write(sendings.claim) is None


def test_lists_of_jobs_leave_the_webhooks_out(submitted, read):
    submitted(webhooks=[webhook()])
    (job,) = read(jobs.page, "default", limit=5).data
    assert "webhooks" not in job.__dict__
