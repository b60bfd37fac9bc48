"""One key, one job: sent again, sent otherwise, sent at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

# What does not depend on the kind of database.
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
KEY = {"Idempotency-Key": "5f1c"}
BODY = {"dataset": "xor", "epochs": 2}


def jobs(client):
    return client.get("/v1/jobs").json["data"]


def test_the_same_request_again_gets_the_first_answer_and_makes_nothing(client, queue, work_off):
    first = client.post("/v1/jobs", json=BODY, headers=KEY)
    work_off()
    again = client.post("/v1/jobs", json=BODY, headers=KEY)
    assert (again.status_code, again.data) == (202, first.data)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert len(jobs(client)) == len(queue.woken) == 1


def test_inline_data_are_stored_once(client):
    body = {"dataset": {"inputs": [[0], [1]], "targets": [0.5, 1.5]}}
    for _ in range(2):
        client.post("/v1/jobs", json=body, headers=KEY)
    assert len(client.get("/v1/datasets").json["data"]) == 1


def test_another_body_under_the_key_is_refused(client):
    client.post("/v1/jobs", json=BODY, headers=KEY)
    answer = client.post("/v1/jobs", json=BODY | {"epochs": 3}, headers=KEY)
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json["detail"]
    assert len(jobs(client)) == 1


def test_without_a_key_each_request_makes_a_job(client):
    for _ in range(2):
        client.post("/v1/jobs", json=BODY)
    assert len(jobs(client)) == 2


def test_a_refusal_is_not_kept(client):
    assert client.post("/v1/jobs", json={"dataset": "nope"}, headers=KEY).status_code == 422
    assert client.post("/v1/jobs", json=BODY, headers=KEY).status_code == 202


def test_requests_that_race_make_one_job_and_get_one_answer(app, client, queue):
    start = Barrier(8)

    def post():
        racer = app.test_client()
        start.wait()
        return racer.post("/v1/jobs", json=BODY, headers=KEY)

    with ThreadPoolExecutor(8) as pool:
        answers = [future.result() for future in [pool.submit(post) for _ in range(8)]]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.data for answer in answers}) == 1
    assert len(jobs(client)) == len(queue.woken) == 1


@one_database
@pytest.mark.parametrize("key", ["", "k" * 256, "kéy"])
def test_a_key_that_cannot_be_kept_is_refused(client, key):
    answer = client.post("/v1/jobs", json=BODY, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert jobs(client) == []


def test_a_bad_key_is_told_where_a_body_is_only_judged(client):
    headers = {"Idempotency-Key": "k" * 256}
    body = {"dataset": "iris", "epochs": 1}
    for query in ("", "?validate_only=true"):
        assert client.post(f"/v1/jobs{query}", json=body, headers=headers).status_code == 422
