"""What is more than the operator allows is refused before it is stored."""

import pytest


@pytest.fixture
def full(make_app):
    """A client of an application whose queue holds two jobs, and the paths of these."""
    client = make_app(max_queued_jobs=2).test_client()
    jobs = [client.post("/v1/jobs", json={"dataset": "xor"}).json for _ in range(2)]
    return client, [job["links"]["self"] for job in jobs]


def test_one_job_more_than_may_be_queued_is_refused_for_the_moment(full, queue):
    client, paths = full
    answer = client.post("/v1/jobs", json={"dataset": "xor"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "2 jobs" in answer.json["detail"]
    assert len(client.get("/v1/jobs").json["data"]) == len(queue.woken) == 2
    client.post(f"{paths[0]}/cancel")
    assert client.post("/v1/jobs", json={"dataset": "xor"}).status_code == 202


def test_only_queued_jobs_count(full, claimed):
    client, _ = full
    claimed()
    assert client.post("/v1/jobs", json={"dataset": "xor"}).status_code == 202
    assert client.post("/v1/jobs", json={"dataset": "xor"}).status_code == 429


def test_an_answer_under_a_known_key_is_given_again_though_the_queue_is_full(make_app):
    client = make_app(max_queued_jobs=1).test_client()
    sent = {"json": {"dataset": "xor"}, "headers": {"Idempotency-Key": "once"}}
    first = client.post("/v1/jobs", **sent)
    assert client.post("/v1/jobs", json={"dataset": "xor"}).status_code == 429
    again = client.post("/v1/jobs", **sent)
    assert (again.status_code, again.json) == (202, first.json)


@pytest.mark.parametrize(("aside", "back"), [("pause", "resume"), ("cancel", "retry")])
def test_a_full_queue_takes_no_job_back_either(full, aside, back):
    client, paths = full
    client.post(f"{paths[0]}/{aside}")
    client.post("/v1/jobs", json={"dataset": "xor"})
    assert client.post(f"{paths[0]}/{back}").status_code == 429
    client.post(f"{paths[1]}/cancel")
    assert client.post(f"{paths[0]}/{back}").json["status"] == "queued"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rows_times_columns_are_limited(make_app, faults, nothing_stored):
    client = make_app(max_cells=599).test_client()
    found = faults(client.post("/v1/jobs", json={"dataset": "iris"}))
    assert "has 750 cells; 599 are the most" in found["/dataset"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_limits_in_force_are_told(make_app):
    limits = make_app(max_cells=7, max_queued_jobs=8, max_job_seconds=0.0).test_client()
    told = limits.get("/v1").json["limits"]
    assert (told["cells"], told["queued_jobs"], told["job_seconds"]) == (7, 8, None)
