"""Histories, models, predictions."""

import csv
import io
import json

import pytest

FLOWER = {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}


def test_a_history_has_a_row_for_each_epoch_from_the_starting_weights_on(client, trained):
    path = trained()
    page = client.get(f"{path}/history").json
    assert [row["epoch"] for row in page["data"]] == [0, 1, 2, 3]
    assert (page["has_more"], page["next"]) == (False, None)
    first, *later = page["data"]
    assert first["gradient_norm"] is None
    assert all(row["gradient_norm"] > 0 and row["seconds"] >= 0 for row in later)
    assert later[-1]["cost"] < first["cost"]


def test_columns_hold_the_same_values_as_rows(client, trained):
    path = trained()
    rows = client.get(f"{path}/history").json["data"]
    columns = client.get(f"{path}/history?layout=columns").json["columns"]
    assert columns == {name: [row[name] for row in rows] for name in rows[0]}


def test_csv_and_ndjson_hold_the_same_values_too(client, trained):
    path = trained()
    rows = client.get(f"{path}/history").json["data"]
    answer = client.get(f"{path}/history", headers={"Accept": "text/csv"})
    assert answer.mimetype == "text/csv"
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert list(table[0]) == list(rows[0])
    assert [float(row["cost"]) for row in table] == [row["cost"] for row in rows]
    assert table[0]["gradient_norm"] == ""
    assert {row["accepted"] for row in table} == {"true"}
    lines = client.get(f"{path}/history?format=ndjson").text.splitlines()
    assert [json.loads(line) for line in lines] == rows


def test_the_format_asked_for_goes_before_the_accept_header(client, trained):
    path = trained()
    answers = {
        client.get(f"{path}/history?{query}", headers={"Accept": accept}).mimetype
        for query, accept in (
            ("format=json", "text/csv"),
            ("", "*/*"),
            ("", "text/html, application/json;q=0.9"),
        )
    }
    assert answers == {"application/json"}
    refused = client.get(f"{path}/history", headers={"Accept": "image/png"})
    assert refused.status_code == 406


def test_a_history_is_read_in_pages_to_its_end(client, trained):
    path = trained(epochs=4)
    seen, page = [], f"{path}/history?limit=2"
    while page:
        answer = client.get(page)
        seen.append([row["epoch"] for row in answer.json["data"]])
        page = answer.headers.get("Link", "").removeprefix("<").partition(">")[0]
    assert seen == [[0, 1], [2, 3], [4]]
    later = client.get(f"{path}/history?after_epoch=4").json
    assert later == {"data": [], "has_more": False, "next": None}
    columns = client.get(f"{path}/history?after_epoch=4&layout=columns").json["columns"]
    assert set(map(tuple, columns.values())) == {()}
    header_alone = client.get(f"{path}/history?after_epoch=4&format=csv").text
    assert header_alone.count("\r\n") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=100001",
        "after_epoch=-1",
        "layout=wide",
        "format=xml",
        "points=3",
        "points=x",
    ],
)
def test_a_wrong_parameter_of_a_history_is_a_fault(client, trained, query):
    answer = client.get(f"{trained()}/history?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["parameter"] == query.partition("=")[0]


def test_what_stopped_being_finite_is_null_and_empty(client, trained):
    # Steps far too large for a straight line through numbers of this size.
    data = {"inputs": [[1], [2], [3]], "targets": [10, 20, 31]}
    path = trained(
        dataset=data,
        scaling="none",
        epochs=500,
        network={"hidden": []},
        optimizer={"kind": "gradient_descent", "learning_rate": 1e6},
    )
    job = client.get(path).json
    assert (job["status"], job["stop_reason"]) == ("failed", "diverged")
    assert job["error"]["code"]
    last = client.get(f"{path}/history?limit=100000").json["data"][-1]
    assert None in (last["cost"], last["gradient_norm"])
    assert ",," in client.get(f"{path}/history?format=csv").text.splitlines()[-1]


def test_rows_may_name_their_columns(client, trained):
    path = trained()
    rows = [list(FLOWER.values()), FLOWER, dict(reversed(FLOWER.items()))]
    told = client.post(f"{path}/predictions", json={"inputs": rows}).json
    assert told["classes"] == ["setosa", "versicolor", "virginica"]
    assert told["probabilities"][0] == told["probabilities"][1] == told["probabilities"][2]
    assert sum(told["probabilities"][0]) == pytest.approx(1)


def test_a_regression_predicts_numbers_alone(client, trained):
    path = trained(dataset={"inputs": [[0], [1], [2]], "targets": [0.5, 1.5, 2.5]})
    told = client.post(f"{path}/predictions", json={"inputs": [[1.5]]}).json
    assert isinstance(told["predictions"][0], float)
    assert (told["probabilities"], told["classes"]) == (None, None)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_prediction_that_is_not_finite_is_null(client, trained):
    data = {"inputs": [[0], [1], [2]], "targets": [0.5, 1.5, 2.5]}
    path = trained(dataset=data, network={"hidden": []})
    told = client.post(f"{path}/predictions", json={"inputs": [[1e308], [1]]})
    assert told.status_code == 200
    assert told.json["predictions"][0] is None
    assert isinstance(told.json["predictions"][1], float)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ([], {""}),
        ({}, {"/inputs"}),
        ({"inputs": []}, {"/inputs"}),
        ({"inputs": 5}, {"/inputs"}),
        ({"inputs": [[1, 2, 3, 4]], "model": 1}, {"/model"}),
        (
            {"inputs": [[1, 2, 3], [1, 2, 3, "x"], [1, 2, 3, True]]},
            {"/inputs/0", "/inputs/1/3", "/inputs/2/3"},
        ),
        (
            {"inputs": [{**FLOWER, "petal_width": "wide", "colour": 1}]},
            {"/inputs/0/petal_width", "/inputs/0/colour"},
        ),
        ({"inputs": [{}, None]}, {"/inputs/1"} | {f"/inputs/0/{name}" for name in FLOWER}),
    ],
)
def test_every_fault_of_rows_is_told_at_once(client, trained, body, pointers):
    answer = client.post(f"{trained()}/predictions", json=body)
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json["errors"]} == pointers


def test_without_a_model_there_is_a_conflict(client):
    job = client.post("/v1/jobs", json={"dataset": "xor"}).json
    assert client.get(job["links"]["model"]).status_code == 409
    rows = {"inputs": [[0, 1]]}
    assert client.post(job["links"]["predictions"], json=rows).status_code == 409
    assert client.get(job["links"]["history"]).json["data"] == []
