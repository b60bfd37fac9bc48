"""What a job finds out on its way: the learning rate that was asked for as "auto"."""

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
    assert client.get(trained()).json["learning_rate_search"] is None
    queued = client.post("/v1/jobs", json={"dataset": "xor", **AUTO})
    assert queued.status_code == 202
    assert queued.json["learning_rate_search"] is None


def test_lists_leave_the_findings_out(client, trained):
    trained(**AUTO)
    (shown,) = client.get("/v1/jobs").json["data"]
    assert not {"spec", "learning_rate_search"} & shown.keys()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("rate", ["Auto", "", ["auto"], {"kind": "auto", "initial": 1}])
def test_only_auto_is_auto(client, faults, rate):
    body = {"dataset": "iris", "optimizer": {"learning_rate": rate}}
    (pointer,) = faults(client.post("/v1/jobs", json=body))
    assert pointer.startswith("/optimizer/learning_rate")
