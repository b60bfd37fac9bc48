"""What Prometheus is told: of requests, of what waits, and of what all processes have counted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from service import claims, counting, leases, presence, sendings
from service.metrics import BELIEVED_SECONDS, BUCKETS, Metrics
from service.presence import Presence
from service.retries import TRIES
from service.sendings import Answer
from service.webhooks import Webhook

OUTCOMES, ENDS = ("received", "failed"), ("delivered", "failed")

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Every sample, as Prometheus's own parser reads it, by its name and its labels' values in the
    order of the labels' names.
    """
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scraped(client: Any) -> dict[tuple[str, ...], float]:
    answer = client.get("/metrics")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    return samples(answer.text)


@one_database
def test_requests_are_counted_by_the_template_of_their_route(client, trained):
    path = trained(epochs=1)
    for _ in range(3):
        client.get(path)
    client.get("/v1/jobs/job_00000000000000000000000000")
    client.get("/nowhere/at-all")
    seen = scraped(client)
    requests = "descentd_http_requests_total"
    assert seen[requests, "GET", "/v1/jobs/<job_id>", "200"] == 3
    assert seen[requests, "GET", "/v1/jobs/<job_id>", "404"] == 1
    assert seen[requests, "GET", "other", "404"] == 1
    assert seen[requests, "POST", "/v1/jobs", "202"] == 1
    assert not any(path in key for key in seen)
    took = "descentd_http_request_seconds"
    assert seen[f"{took}_count", "GET", "/v1/jobs/<job_id>"] == 4
    buckets = [seen[f"{took}_bucket", f"{bound}", "GET", "/v1/jobs/<job_id>"] for bound in BUCKETS]
    assert buckets == sorted(buckets)
    assert seen[f"{took}_bucket", "+Inf", "GET", "/v1/jobs/<job_id>"] == 4


@one_database
def test_requests_that_were_held_do_not_spoil_the_latencies(client, submitted):
    path = f"/v1/jobs/{submitted().id}"
    client.get(path, query_string={"wait": 0.01})
    seen = scraped(client)
    assert seen["descentd_http_requests_total", "GET", "/v1/jobs/<job_id>", "200"] == 1
    assert ("descentd_http_request_seconds_count", "GET", "/v1/jobs/<job_id>") not in seen


def test_the_queue_is_what_the_database_holds(client, submitted, claimed):
    before = scraped(client)
    assert before["descentd_jobs", "queued"] == before["descentd_jobs", "running"] == 0
    assert before[("descentd_oldest_queued_job_seconds",)] == 0
    for priority in (9, 0, 5):
        submitted(priority=priority)
    claimed()
    later = samples(Metrics(client.application.extensions["descentd"].sessions).text().decode())
    assert later["descentd_jobs", "queued"] == 2
    assert later["descentd_jobs", "running"] == 1
    assert later["descentd_jobs", "paused"] == 0
    assert 0 <= later[("descentd_oldest_queued_job_seconds",)] < 60


def test_many_scrapes_at_once_look_into_the_database_once(sessions, submitted):
    now = [100.0]
    metrics = Metrics(sessions, clock=lambda: now[0])

    def queued():
        return samples(metrics.text().decode())["descentd_jobs", "queued"]

    assert queued() == 0
    submitted()
    assert queued() == 0
    now[0] += BELIEVED_SECONDS
    assert queued() == 1


def test_what_workers_scheduler_and_api_count_adds_up(
    client, sessions, submitted, read, records, outcome, model, config
):
    """Two processes, with sessions of their own, as real ones have."""
    here, there = sessions, type(sessions).of(config)
    submitted()
    submitted()
    with here.writing() as session:
        first = claims.claim(session, "worker-1", {})
        session.commit()
    with here.writing() as session:
        claims.record(session, first, records(range(4)))
        session.commit()
    with there.writing() as session:
        second = claims.claim(session, "worker-1", {})
        session.commit()
    (pulse,) = [pulse for pulse in read(leases.pulses) if pulse.job_id == second.job_id]
    with there.writing() as session:
        assert leases.take_back(session, pulse)
        session.commit()
    with here.writing() as session:
        claims.finish(session, first, outcome, model)
        session.commit()
    client.post(f"/v1/jobs/{second.job_id}/cancel")
    client.post(f"/v1/jobs/{second.job_id}/cancel")
    for process in (here, there):
        Presence(process, presence.WORKER).report()
    there.close()
    seen = scraped(client)
    assert seen[("descentd_attempts_total",)] == 2
    assert seen[("descentd_epochs_total",)] == 3  # epoch 0 takes no step
    assert seen[("descentd_lease_expiries_total",)] == 1
    assert seen["descentd_jobs_ended_total", "succeeded", "epochs"] == 1
    assert seen["descentd_jobs_ended_total", "cancelled", "cancelled"] == 1
    assert seen["descentd_processes", "worker"] == 2
    assert seen["descentd_processes", "scheduler"] == 0


def test_what_becomes_of_deliveries_is_counted_by_attempt_and_by_end(
    make_app, sessions, submitted, claimed, write
):
    def hook(number):
        return Webhook(f"https://{number}.example.com/", ("whsec_x",), ("job.running",))

    def answered(status, **fields):
        sending = write(sendings.claim)
        answer = Answer(at=datetime.now(UTC), seconds=0.1, status=status, **fields)
        assert write(sendings.record, sending, answer, 0.0)

    def seen():
        Presence(sessions, presence.SCHEDULER, "scheduler-1").report()
        found = scraped(make_app().test_client())  # an API believes its last look for a second
        attempts = [found["descentd_webhook_attempts_total", each] for each in OUTCOMES]
        ends = [found["descentd_webhook_deliveries_ended_total", each] for each in ENDS]
        return attempts, ends

    assert seen() == ([0, 0], [0, 0])
    submitted(webhooks=[hook(1), hook(2)])
    claimed()
    answered(204)
    answered(500)
    answered(400, is_final=True)
    submitted(webhooks=[hook(3)])
    claimed()
    # Each sender dies, the last of them in the last try
    dead = [write(sendings.claim, lease_seconds=0) for _ in range(TRIES + 1)]
    assert dead[-1] is None
    assert seen() == ([1, 2], [1, 2])


def test_every_thing_that_is_counted_is_shown_from_the_start(client):
    shown = {key[0] for key in scraped(client)}
    few = {name for name, counted in counting.COUNTED.items() if counted.at_first()}
    assert few == set(counting.COUNTED) - {counting.JOBS_ENDED}
    assert {f"descentd_{name}_total" for name in few} <= shown


@one_database
def test_with_keys_on_the_metrics_need_one(make_app):
    assert make_app(auth="keys").test_client().get("/metrics").status_code == 401
