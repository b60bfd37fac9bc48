"""Long polls, on both databases; what ends them happens in another thread."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.database.sessions import Sessions

# What does not depend on the kind of database.
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WELL_BELOW_THE_WAIT = 20


@pytest.fixture
def in_background():
    """Runs a call in a thread, which is joined at the test's end."""
    threads = []

    def start(call):
        threads.append(threading.Thread(target=call))
        threads[-1].start()

    yield start
    for thread in threads:
        thread.join()


def submit(client, **headers):
    return client.post("/v1/jobs", json={"dataset": "xor", "epochs": 2}, headers=headers)


def test_a_wait_is_answered_as_soon_as_the_job_is_at_rest(client, work_off, in_background):
    path = submit(client).headers["Location"]
    began = time.monotonic()
    in_background(work_off)
    answer = client.get(f"{path}?wait=30")
    assert time.monotonic() - began < WELL_BELOW_THE_WAIT
    assert answer.json["status"] == "succeeded"
    assert "Retry-After" not in answer.headers


def test_a_preference_is_followed_like_a_parameter_and_says_so(client, work_off, in_background):
    path = submit(client).headers["Location"]
    in_background(work_off)
    answer = client.get(path, headers={"Prefer": "respond-async, wait=30"})
    assert answer.json["status"] == "succeeded"
    assert answer.headers["Preference-Applied"] == "wait=30"


class WatchedSessions(Sessions):
    """Tells when the notifier looks: by then a request is held."""

    def __init__(self, engine, reader):
        super().__init__(engine, reader)
        self.looked = threading.Event()

    def reading(self):
        if threading.current_thread().name == "notifier":
            self.looked.set()
        return super().reading()


def test_a_wait_for_change_is_answered_at_the_next_status(make_app, config, in_background, claimed):
    sessions = WatchedSessions.of(config)
    client = make_app(own_sessions=sessions).test_client()
    path = submit(client).headers["Location"]

    def claim_once_somebody_waits():
        if sessions.looked.wait(WELL_BELOW_THE_WAIT):
            claimed()

    in_background(claim_once_somebody_waits)
    began = time.monotonic()
    answer = client.get(f"{path}?wait=30&wait_for=change")
    assert answer.json["status"] == "running"
    assert time.monotonic() - began < WELL_BELOW_THE_WAIT
    sessions.close()


def test_a_wait_for_rest_outlasts_other_changes(make_app, config, in_background, claimed):
    sessions = WatchedSessions.of(config)
    app = make_app(own_sessions=sessions)
    client, other = app.test_client(), app.test_client()
    job = submit(client).json

    def claim_then_cancel_once_somebody_waits():
        if sessions.looked.wait(WELL_BELOW_THE_WAIT):
            claimed()
            sessions.looked.clear()
            sessions.looked.wait(WELL_BELOW_THE_WAIT)
            other.post(job["links"]["cancel"])

    in_background(claim_then_cancel_once_somebody_waits)
    answer = client.get(f"{job['links']['self']}?wait=30")
    assert answer.json["status"] == "cancelled"
    sessions.close()


def test_a_wait_that_is_over_answers_the_job_as_it_is(client):
    path = submit(client).headers["Location"]
    answer = client.get(f"{path}?wait=0.05")
    assert answer.status_code == 200
    assert answer.json["status"] == "queued"
    assert answer.headers["Retry-After"] == "1"


def test_a_job_at_rest_keeps_nobody_waiting(client):
    job = submit(client).json
    client.post(job["links"]["cancel"])
    began = time.monotonic()
    assert client.get(f"{job['links']['self']}?wait=30").json["status"] == "cancelled"
    assert time.monotonic() - began < WELL_BELOW_THE_WAIT


def test_submitting_can_wait_for_the_result(client, queue, work_off, in_background):
    queue.wake = lambda job_id: in_background(work_off)
    answer = submit(client, Prefer="wait=30")
    assert answer.status_code == 202
    assert answer.json["status"] == "succeeded"
    assert answer.headers["Location"] == answer.json["links"]["self"]
    assert answer.headers["Preference-Applied"] == "wait=30"


def test_beyond_the_budget_a_wait_is_refused_but_a_submission_is_not(make_app):
    app = make_app(max_waits=1)
    path = submit(app.test_client()).headers["Location"]
    with app.extensions["descentd"].wait_places.take():
        client = app.test_client()
        refused = client.get(f"{path}?wait=30")
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) >= 1
        accepted = submit(client, Prefer="wait=30")
        assert (accepted.status_code, accepted.json["status"]) == (202, "queued")
        assert "Preference-Applied" not in accepted.headers
    assert client.get(f"{path}?wait=0.01").status_code == 200


@one_database
@pytest.mark.parametrize("query", ["wait=61", "wait=-1", "wait=x", "wait=", "wait=1&wait_for=no"])
def test_a_wrong_wait_is_a_fault(client, query):
    path = submit(client).headers["Location"]
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["parameter"] in ("wait", "wait_for")


@one_database
@pytest.mark.parametrize("preference", ["wait", "wait=soon", "wait=-1", "handling=lenient"])
def test_a_preference_that_is_not_understood_is_ignored(client, preference):
    path = submit(client).headers["Location"]
    answer = client.get(path, headers={"Prefer": preference})
    assert (answer.status_code, answer.json["status"]) == (200, "queued")
    assert "Preference-Applied" not in answer.headers


def test_while_requests_wait_they_hold_no_session(make_app, config, work_off):
    """More waits than the database has connections, and yet others are served."""
    sessions = WatchedSessions.of(config)
    app = make_app(own_sessions=sessions, max_waits=30)
    path = submit(app.test_client()).headers["Location"]

    def wait():
        return app.test_client().get(f"{path}?wait=30").json["status"]

    with ThreadPoolExecutor(30) as pool:
        waits = [pool.submit(wait) for _ in range(30)]
        assert sessions.looked.wait(WELL_BELOW_THE_WAIT)
        assert app.test_client().get("/v1/jobs").status_code == 200
        work_off()
        assert {each.result() for each in waits} == {"succeeded"}
    sessions.close()
