"""`weights: {"job": …}`: a job that goes on from another's model."""

import pytest

from service.auth import create_key, ensure_tenant

# Plain descent has no memory, and whole batches no order: two runs are one.
DESCENT = {
    "dataset": "iris",
    "batch_size": None,
    "dtype": "float64",
    "stop": {"restore_best": False},
    "optimizer": {"kind": "gradient_descent", "learning_rate": 0.5},
}
FLOWERS = [[5.1, 3.5, 1.4, 0.2], [4.9, 3.0, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]
THREE = {"inputs": FLOWERS, "targets": ["setosa", "setosa", "virginica"]}


@pytest.fixture
def first(client, trained):
    """A job that has a model: of another network and scaling than the defaults."""
    hidden = [{"units": 5, "activation": "relu"}, {"units": 3}]
    path = trained(**DESCENT, network={"hidden": hidden}, scaling="min_max")
    return client.get(path).json


@pytest.fixture
def follow(client, first, work_off):
    """Goes on from the first job; words are the body's, `network` its further members."""

    def run(network=None, **body):
        weights = {"job": first["id"]}
        body = DESCENT | {"epochs": 3, "network": {"weights": weights, **(network or {})}} | body
        return client.post("/v1/jobs", json=body)

    return run


def test_it_goes_on_where_the_other_ended(client, first, follow, trained, work_off):
    answer = follow()
    assert answer.status_code == 202
    spec = answer.json["spec"]
    assert spec["network"] == first["spec"]["network"] | {
        "weights": {"job": first["id"]},
        "init": spec["network"]["init"],
    }
    assert (spec["scaling"], spec["task"]) == ("min_max", "multiclass")
    assert answer.json["parameters"] == first["parameters"]
    work_off()
    second = client.get(answer.json["links"]["self"]).json
    assert second["status"] == "succeeded"
    rows = client.get(second["links"]["history"]).json["data"]
    assert rows[0]["cost"] == first["cost"]
    whole = trained(**DESCENT | {"epochs": 6}, network=first["spec"]["network"], scaling="min_max")
    assert client.get(whole).json["weights_sha256"] == second["weights_sha256"]


def test_what_is_shown_can_be_sent_again(client, first, follow):
    spec = follow().json["spec"]
    assert client.post("/v1/jobs", json=spec).json["spec"] == spec


def test_deleting_the_first_job_loses_nothing(client, first, follow, work_off):
    second = follow().json
    assert client.delete(first["links"]["self"]).status_code == 204
    work_off()
    assert client.get(second["links"]["self"]).json["status"] == "succeeded"
    assert client.delete(second["links"]["self"]).status_code == 204


def test_other_rows_are_prepared_as_those_of_the_first_were(client, first, follow, work_off):
    second = follow(dataset=THREE).json
    assert second["parameters"] == first["parameters"]
    work_off()
    assert client.get(second["links"]["self"]).json["status"] == "succeeded"
    models = [client.get(job["links"]["model"]).json for job in (first, second)]
    assert models[0]["preprocessing"] == models[1]["preprocessing"]
    told = client.post(second["links"]["predictions"], json={"inputs": FLOWERS}).json
    assert told["classes"] == ["setosa", "versicolor", "virginica"]


def test_a_regression_goes_on_in_the_units_of_the_first(client, trained, work_off):
    line = {"inputs": [[0], [1], [2], [3]], "targets": [1, 3, 5, 7]}
    few = {"inputs": [[10], [11]], "targets": [21, 23]}
    body = DESCENT | {"network": {"hidden": []}, "epochs": 200}
    first = client.get(trained(**body | {"dataset": line})).json
    network = {"weights": {"job": first["id"]}}
    second = client.get(trained(**body | {"dataset": few, "network": network, "epochs": 1})).json
    # The line is the same: in the first job's units there is nothing left to learn.
    start = client.get(second["links"]["history"]).json["data"][0]["cost"]
    assert start == pytest.approx(0, abs=1e-12)


def test_layers_of_the_same_widths_may_differ_otherwise(client, first, follow, work_off):
    hidden = [{"units": 5, "activation": "gelu", "dropout": 0.25}, {"units": 3}]
    answer = follow(network={"hidden": hidden})
    assert answer.json["spec"]["network"]["hidden"][0] == hidden[0]
    work_off()
    assert client.get(answer.json["links"]["self"]).json["status"] == "succeeded"


def test_judging_alone_stores_nothing(client, first):
    body = {"dataset": "iris", "network": {"weights": {"job": first["id"]}}}
    answer = client.post("/v1/jobs?validate_only=true", json=body)
    assert answer.json["parameters"] == first["parameters"]
    assert len(client.get("/v1/jobs").json["data"]) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"network": {"hidden": []}}, {"/network/hidden": "must be layers of 5, 3 units"}),
        ({"network": {"output": "linear"}}, {"/network/output": "must be softmax"}),
        ({"task": "regression"}, {"/task": "must be multiclass"}),
        ({"scaling": "standard"}, {"/scaling": "must be min_max"}),
        ({"cost": "mae"}, {"/cost": "does not fit"}),
        (
            {"dataset": THREE | {"inputs": [[1, 2], [3, 4], [5, 6]]}},
            {"/dataset": "has 2 features, the preprocessing is for 4"},
        ),
        (
            {"dataset": THREE | {"targets": ["setosa", "rose", "tulip"]}},
            {"/dataset": "not know: rose, tulip; it knows setosa, versicolor, virginica"},
        ),
        (
            {"network": {"hidden": [{"units": 0}], "output": "tanh"}, "epochs": 0},
            {
                "/network/hidden/0/units": "at least 1",
                "/network/output": "must be softmax",
                "/epochs": "at least 1",
            },
        ),
    ],
)
def test_what_does_not_fit_the_first_job_is_told(follow, faults, body, told):
    found = faults(follow(**body))
    assert set(told) <= set(found)
    assert all(words in found[pointer] for pointer, words in told.items())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("weights", "pointer", "words"),
    [
        ({"job": "job_x"}, "/job", "There is no job 'job_x'"),
        ({"job": "job_00000000000000000000000000"}, "/job", "There is no job"),
        ({"job": 5}, "/job", "id of a job"),
        ({"job": None}, "/job", "id of a job"),
        ({}, "/job", "is required"),
        ({"job": "job_x", "epoch": 3}, "/epoch", "not a known field"),
        ("job_x", "", "names a job"),
    ],
)
def test_a_job_that_is_none_is_told(client, faults, weights, pointer, words):
    body = {"dataset": "iris", "network": {"weights": weights}}
    found = faults(client.post("/v1/jobs", json=body))
    assert words in found[f"/network/weights{pointer}"]


def test_a_job_without_a_model_cannot_be_gone_on_from(client, faults):
    queued = client.post("/v1/jobs", json={"dataset": "iris"}).json
    body = {"dataset": "iris", "network": {"weights": {"job": queued["id"]}}, "epochs": 0}
    found = faults(client.post("/v1/jobs", json=body))
    assert found["/network/weights/job"] == "The job is queued and has no model."
    assert found.keys() == {"/network/weights/job", "/epochs"}


def test_another_tenants_job_is_none(make_app, sessions, first, faults):
    with sessions.writing() as session:
        ensure_tenant(session, "stranger")
        _, key = create_key(session, "stranger")
        session.commit()
    stranger = make_app(auth="keys").test_client()
    body = {"dataset": "iris", "network": {"weights": {"job": first["id"]}}}
    answer = stranger.post("/v1/jobs", json=body, headers={"Authorization": f"Bearer {key}"})
    assert "There is no job" in faults(answer)["/network/weights/job"]
