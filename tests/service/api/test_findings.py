"""What a job finds out: the learning rate asked for as "auto", and what its history says of it."""

import pytest

AUTO = {"optimizer": {"kind": "adam", "learning_rate": "auto"}}


def test_a_learning_rate_is_found_reported_and_trained_with(client, trained):
    path = trained(**AUTO)
    job = client.get(path).json
    assert job["spec"]["optimizer"]["learning_rate"] == "auto"
    search = job["learning_rate_search"]
    assert job["learning_rate"] == search["learning_rate"]
    rates = [point["learning_rate"] for point in search["curve"]]
    assert rates == sorted(set(rates))
    costs = [point["cost"] for point in search["curve"]]
    best = rates[costs.index(min(costs))]
    assert rates[0] < search["learning_rate"] < best
    rows = client.get(f"{path}/history").json["data"]
    assert {row["learning_rate"] for row in rows[1:]} == {search["learning_rate"]}


def test_there_is_no_search_before_it_is_done_and_none_where_none_was_asked_for(client, trained):
    given = {"optimizer": {"learning_rate": 0.01}}
    assert client.get(trained(**given)).json["learning_rate_search"] is None
    queued = client.post("/v1/jobs", json={"dataset": "xor", **AUTO})
    assert queued.status_code == 202
    assert queued.json["learning_rate_search"] is None


def test_lists_leave_the_findings_out(client, trained):
    trained(**AUTO)
    (shown,) = client.get("/v1/jobs").json["data"]
    assert not {"spec", "learning_rate_search", "diagnosis"} & shown.keys()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("rate", ["Auto", "", ["auto"], {"kind": "auto", "initial": 1}])
def test_only_auto_is_auto(client, faults, rate):
    body = {"dataset": "iris", "optimizer": {"learning_rate": rate}}
    (pointer,) = faults(client.post("/v1/jobs", json=body))
    assert pointer.startswith("/optimizer/learning_rate")


LINE = {"dataset": {"inputs": [[0], [1], [2], [3]], "targets": [1, 3, 5, 7]}, "scaling": "none"}


@pytest.mark.parametrize(
    ("rate", "verdict"), [(1e-5, "too_small"), (0.1, "converged"), (10.0, "too_large")]
)
def test_a_job_says_what_is_wrong_with_its_learning_rate(client, trained, rate, verdict):
    descent = {"kind": "gradient_descent", "learning_rate": rate}
    path = trained(**LINE, network={"hidden": []}, optimizer=descent, batch_size=None, epochs=300)
    found = client.get(path).json["diagnosis"]
    assert found["verdict"] == verdict
    assert found["sentence"]
    assert found["advice"]
    assert found["evidence"]["rows"] > 1


def test_a_job_without_a_history_has_no_diagnosis(client):
    job = client.post("/v1/jobs", json={"dataset": "xor"}).json
    assert job["diagnosis"] is None
    assert client.post(job["links"]["cancel"]).json["diagnosis"] is None
