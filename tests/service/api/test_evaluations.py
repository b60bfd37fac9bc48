"""The scores of a job's model on other data."""

import pytest

from service import evaluations

PENGUINS = (
    b"length,island,alive\r\n1.5,Biscoe,true\r\n2.5,Dream,false\r\n1.6,NA,true\r\n2.4,Dream,false"
)


@pytest.fixture
def penguins(trained, upload):
    """(the id of an upload, the path of a job that learnt from it)."""
    uploaded = upload(PENGUINS).json["id"]
    return uploaded, trained(dataset=uploaded, epochs=30)


@pytest.fixture
def evaluated(client):
    def run(path, dataset):
        return client.post(f"{path}/evaluations", json={"dataset": dataset})

    return run


def test_the_training_data_have_the_jobs_own_scores(client, penguins, evaluated):
    uploaded, path = penguins
    scores = evaluated(path, uploaded)
    assert scores.status_code == 200
    assert scores.json == client.get(path).json["metrics"]["training"]


def test_a_built_in_dataset_is_named(client, trained, evaluated):
    path = trained(validation=None)
    assert evaluated(path, "iris").json == client.get(path).json["metrics"]["training"]


def test_inline_data_are_scored_and_not_kept(client, trained, evaluated):
    data = {"inputs": [[0], [1], [2]], "targets": [0.5, 1.5, 2.5]}
    path = trained(dataset=data, network={"hidden": []}, epochs=500)
    kept = client.get("/v1/datasets").json["data"]
    other = {"inputs": [[0.5], [1.5]], "targets": [101.0, 102.0]}
    scores = evaluated(path, other).json
    predicted = client.post(f"{path}/predictions", json={"inputs": other["inputs"]}).json
    errors = [
        truth - each for truth, each in zip(other["targets"], predicted["predictions"], strict=True)
    ]
    assert scores["mae"] == pytest.approx(sum(errors) / 2)
    assert client.get("/v1/datasets").json["data"] == kept


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"length,alive\n1.5,true\n2.5,false\n", "lacks columns that are needed: island"),
        (b"length,island\n1.5,Dream\n2.5,Dream\n", "lacks columns that are needed: alive"),
        (
            b"length,island,alive\nlong,Dream,true\nshort,Dream,false\n",
            "column 'length' is of texts, the preprocessing needs numbers",
        ),
        (
            b"length,island,alive\n1,Dream,yes\n2,Dream,no\n",
            "has classes that the preprocessing does not know: no, yes; it knows false, true",
        ),
        (
            b"length,island,alive\n1,Dream,NA\n2,Dream,true\n",
            "misses some values of the target 'alive'",
        ),
    ],
    ids=["feature", "target", "text", "class", "missing"],
)
def test_data_that_do_not_fit_are_refused(penguins, upload, evaluated, faults, content, detail):
    _, path = penguins
    other = upload(content).json["id"]
    assert faults(evaluated(path, other)) == {"/dataset": detail}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/dataset"),
        ({"dataset": "roses"}, "/dataset"),
        ({"dataset": 5}, "/dataset"),
        ({"dataset": {"inputs": [[1]]}}, "/dataset/targets"),
        ({"dataset": {"inputs": [], "targets": []}}, "/dataset/inputs"),
        ({"dataset": "iris", "target": "species"}, "/target"),
    ],
)
def test_a_wrong_body_is_refused(client, trained, faults, body, pointer):
    assert pointer in faults(client.post(f"{trained()}/evaluations", json=body))


def test_a_job_without_a_model_is_a_conflict(client, evaluated):
    path = client.post("/v1/jobs", json={"dataset": "iris"}).json["links"]["self"]
    assert evaluated(path, "iris").status_code == 409
    assert evaluated("/v1/jobs/job_0", "iris").status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_more_than_a_request_may_take_is_refused(trained, evaluated, faults, monkeypatch):
    path = trained(network={"hidden": []})
    monkeypatch.setattr(evaluations, "MOST_PRODUCTS", 15 * 149)
    assert "149 are the most" in faults(evaluated(path, "iris"))["/dataset"]
    monkeypatch.setattr(evaluations, "MOST_PRODUCTS", 15 * 150)
    assert evaluated(path, "iris").status_code == 200
