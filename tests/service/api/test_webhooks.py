"""Webhooks over HTTP: their secrets are never shown, deliveries are listed and sent again."""

from __future__ import annotations

import logging

import orjson
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import text

from service import sendings
from service.auth import create_key, ensure_tenant
from service.database.types import now
from service.destinations import Allowed
from service.sendings import Answer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEXT_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
ALL = ["job.running", "job.succeeded", "job.failed", "job.cancelled"]


def hook(**fields):
    return {"url": "https://example.com/hook", "secret": SECRET} | fields


def body(*webhooks, **fields):
    return {"dataset": "iris", "epochs": 2, "webhooks": list(webhooks), **fields}


@pytest.fixture
def answered(sessions):
    """Has the delivery that is due answered so."""

    def run(status, text=""):
        with sessions.writing() as session:
            sending = sendings.claim(session)
            answer = Answer(at=now(), seconds=0.25, status=status, body=text)
            sendings.record(session, sending, answer, 60)
            session.commit()
        return sending

    return run


def test_a_job_shows_its_webhooks_and_never_a_secret(client, sessions, caplog):
    caplog.set_level(logging.DEBUG)
    sent = body(hook(events=["job.failed"]), hook(secret=[SECRET, NEXT_SECRET]))
    headers = {"Idempotency-Key": "once"}
    made = client.post("/v1/jobs", json=sent, headers=headers)
    assert made.status_code == 202
    shown = made.json["spec"]["webhooks"]
    assert shown == [
        {"url": "https://example.com/hook", "events": ["job.failed"]},
        {"url": "https://example.com/hook", "events": ALL},
    ]
    path = made.json["links"]["self"]
    client.post(f"{path}/cancel")
    answers = [
        made,
        client.post("/v1/jobs", json=sent, headers=headers),
        client.post("/v1/jobs?validate_only=true", json=sent),
        client.get(path),
        client.get("/v1/jobs"),
        client.get(f"{path}/deliveries"),
    ]
    assert answers[2].json["spec"]["webhooks"] == answers[3].json["spec"]["webhooks"] == shown
    bare = SECRET.removeprefix("whsec_")
    assert not [answer for answer in answers if bare in answer.text]
    assert bare not in caplog.text
    with sessions.reading() as session:
        for table in ("jobs", "idempotency_keys", "job_events", "deliveries"):
            rows = session.execute(text(f"SELECT * FROM {table}")).all()
            assert rows
            assert bare not in repr(rows)


@pytest.mark.parametrize(
    ("webhooks", "pointer", "words"),
    [
        ("https://example.com/", "/webhooks", "array"),
        ([hook()] * 6, "/webhooks", "at most 5"),
        (["https://example.com/"], "/webhooks/0", "object"),
        ([hook(), hook(extra=1)], "/webhooks/1/extra", "not a known field"),
        ([{"secret": SECRET}], "/webhooks/0/url", "required"),
        ([{"url": "https://example.com/"}], "/webhooks/0/secret", "required"),
        ([hook(secret="a" * 32)], "/webhooks/0/secret", "must be whsec_"),
        ([hook(secret=None)], "/webhooks/0/secret", "text"),
        ([hook(secret=[])], "/webhooks/0/secret", "array of at most 3"),
        ([hook(secret=[SECRET] * 4)], "/webhooks/0/secret", "array of at most 3"),
        ([hook(secret=[SECRET, 7])], "/webhooks/0/secret", "array of at most 3"),
        ([hook(events=[])], "/webhooks/0/events", "at least 1"),
        ([hook(events=["job.queued"])], "/webhooks/0/events/0", "one of job.running"),
        ([hook(events=["job.failed"] * 2)], "/webhooks/0/events", "once"),
        ([hook(url=7)], "/webhooks/0/url", "text"),
        ([hook(url="https://example.com/" + "a" * 2048)], "/webhooks/0/url", "2048"),
        ([hook(url="http://example.com/")], "/webhooks/0/url", "https://"),
        ([hook(url="https://a:b@example.com/")], "/webhooks/0/url", "user name"),
        ([hook(), hook(url="https://127.0.0.1/")], "/webhooks/1/url", "private"),
    ],
)
def test_a_webhook_that_is_none_is_refused_by_name(
    client, faults, nothing_stored, webhooks, pointer, words
):
    answer = client.post("/v1/jobs", json={"dataset": "iris", "webhooks": webhooks})
    found = faults(answer)
    assert found.keys() == {pointer}
    assert words in found[pointer]
    assert SECRET not in answer.text


def test_faults_of_webhooks_come_with_all_others(client, faults):
    sent = body(hook(url="https://[::1]/"), hook(secret="x"), epochs=0)
    assert faults(client.post("/v1/jobs", json=sent)).keys() == {"/epochs", "/webhooks/1/secret"}


def test_what_the_operator_allows_is_taken(make_app):
    client = make_app(webhook_allow=Allowed.parse("hooks.internal")).test_client()
    assert client.post("/v1/jobs", json=body(hook(url="http://hooks.internal/"))).status_code == 202


def test_deliveries_are_listed_with_their_answers_newest_first(client, trained, answered):
    path = trained(webhooks=[hook()])
    first = answered(500, "out of order")
    answered(204)
    newest, oldest = client.get(f"{path}/deliveries").json["data"]
    assert (newest["type"], newest["status"]) == ("job.succeeded", "delivered")
    assert newest["next_attempt_at"] is None
    assert (oldest["id"], oldest["type"]) == (first.id, "job.running")
    assert (oldest["status"], oldest["attempts"]) == ("pending", 1)
    assert oldest["next_attempt_at"] > oldest["created_at"]
    (told,) = oldest["answers"]
    assert (told["attempt"], told["status"], told["body"]) == (1, 500, "out of order")
    assert (told["seconds"], told["error"]) == (0.25, None)
    page = client.get(f"{path}/deliveries?limit=1")
    assert (page.json["data"], page.json["has_more"]) == ([newest], True)
    assert 'rel="next"' in page.headers["Link"]
    rest = client.get(f"{path}/deliveries?after={page.json['next']}").json
    assert (rest["data"], rest["has_more"], rest["next"]) == ([oldest], False, None)


def test_a_delivery_is_sent_again_when_its_owner_wants_it(client, trained, answered):
    path = trained(webhooks=[hook(events=["job.succeeded"])])
    sending = answered(410)
    (failed,) = client.get(f"{path}/deliveries").json["data"]
    assert failed["status"] == "failed"
    again = client.post(failed["links"]["redeliver"])
    assert (again.status_code, again.json["status"]) == (202, "pending")
    assert again.json["next_attempt_at"] is not None
    repeated = answered(200)
    assert (repeated.id, repeated.body, repeated.attempt) == (sending.id, sending.body, 2)
    (done,) = client.get(f"{path}/deliveries").json["data"]
    assert (done["status"], done["attempts"]) == ("delivered", 2)
    assert [answer["status"] for answer in done["answers"]] == [410, 200]


def test_to_another_tenant_there_are_neither_deliveries_nor_a_job(
    client, make_app, sessions, trained, answered
):
    path = trained(webhooks=[hook()])
    delivery = answered(200)
    with sessions.writing() as session:
        ensure_tenant(session, "stranger")
        _, key = create_key(session, "stranger")
        session.commit()
    stranger = make_app(auth="keys").test_client()
    headers = {"Authorization": f"Bearer {key}"}
    again = f"{path}/deliveries/{delivery.id}/redeliver"
    assert stranger.get(f"{path}/deliveries", headers=headers).status_code == 404
    assert stranger.post(again, headers=headers).status_code == 404
    own = stranger.post("/v1/jobs", json=body(hook()), headers=headers).json["links"]["self"]
    crossed = f"{own}/deliveries/{delivery.id}/redeliver"
    assert stranger.post(crossed, headers=headers).status_code == 404
    assert stranger.get(f"{path}/deliveries").status_code == 401


def test_the_description_tells_receivers_what_they_get(client):
    description = client.get("/openapi.json").json
    assert sorted(description["webhooks"]) == sorted(ALL)
    for event in description["webhooks"].values():
        names = {parameter["name"] for parameter in event["post"]["parameters"]}
        assert names == {"webhook-id", "webhook-timestamp", "webhook-signature"}
        assert event["post"]["requestBody"]["content"]["application/json"]["schema"]


def test_what_is_sent_is_what_is_described(client, trained, answered):
    trained(webhooks=[hook()])
    document = client.get("/openapi.json").json
    operation = document["webhooks"]["job.succeeded"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": document["components"]})
    for _ in range(2):
        assert list(validator.iter_errors(orjson.loads(answered(200).body))) == []
