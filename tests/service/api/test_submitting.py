import pytest

from service.blobs import FileBlobs
from service.datasets import table_of


def test_a_job_is_stored_shown_and_a_worker_woken(client, queue):
    answer = client.post("/v1/jobs", json={"dataset": "iris"})
    assert answer.status_code == 202
    job = answer.json
    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert answer.headers["Retry-After"] == "1"
    assert (job["status"], job["attempt"], job["progress"]) == ("queued", 0, 0)
    assert queue.woken == [job["id"]]
    assert client.get(answer.headers["Location"]).json == job


def test_all_that_was_left_out_is_filled_in_and_shown(client):
    spec = client.post("/v1/jobs", json={"dataset": "iris"}).json["spec"]
    assert spec["dataset"] == "iris"
    assert spec["target"] == "species"
    assert spec["task"] == "multiclass"
    assert spec["cost"] == "cross_entropy"
    assert spec["network"]["output"] == "softmax"
    assert spec["network"]["hidden"] == [{"units": 16, "activation": "tanh", "dropout": 0.0}]
    assert spec["optimizer"]["kind"] == "adam"
    assert spec["optimizer"]["learning_rate"] == 0.01
    assert (spec["epochs"], spec["batch_size"], spec["priority"]) == (100, 32, 5)
    assert spec["validation"] == {"fraction": 0.2}


def test_what_is_shown_can_be_sent_again_and_means_the_same(client):
    spec = client.post("/v1/jobs", json={"dataset": "xor", "batch_size": None}).json["spec"]
    assert client.post("/v1/jobs", json=spec).json["spec"] == spec


@pytest.mark.parametrize("epochs", [5, 5.0])
def test_an_integer_is_an_integer_however_it_is_written(client, epochs):
    job = client.post("/v1/jobs", json={"dataset": "xor", "epochs": epochs}).json
    assert job["epochs"] == 5
    assert isinstance(job["spec"]["epochs"], int)


def test_what_the_client_says_of_its_job_is_kept(client, sessions):
    said = {"name": "naïve ½", "metadata": {"team": "a", "try": 3, "on": True, "x": None}}
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    job = client.post(
        "/v1/jobs", json={"dataset": "xor", "priority": 9, **said}, headers={"traceparent": trace}
    ).json
    assert {name: job[name] for name in said} == said
    assert job["priority"] == 9


def test_inline_data_become_a_dataset_that_the_job_names(client, sessions, config, work_off):
    data = {"inputs": [[0, 1], [1, 0], [2, 2]], "targets": ["a", "b", "a"]}
    job = client.post("/v1/jobs", json={"dataset": data, "epochs": 2}).json
    assert job["dataset"] == job["spec"]["dataset"]
    dataset = client.get(f"/v1/datasets/{job['dataset']}").json
    assert dataset["rows"] == 3
    assert [column["name"] for column in dataset["columns"]] == ["x1", "x2", "y"]
    assert client.get(dataset["links"]["content"]).json == data
    work_off()
    assert client.get(job["links"]["self"]).json["status"] == "succeeded"


def test_a_stored_dataset_can_be_trained_on_again(client, sessions, config):
    data = {"inputs": [[0], [1], [2]], "targets": [0.5, 1.5, 2.5]}
    first = client.post("/v1/jobs", json={"dataset": data}).json
    second = client.post("/v1/jobs", json={"dataset": first["dataset"]}).json
    assert second["spec"] == first["spec"]
    with sessions.reading() as session:
        blobs = FileBlobs(config.data_dir / "blobs")
        table = table_of(session, blobs, "default", first["dataset"])
    assert table.column("x1").values.tolist() == [0, 1, 2]
    assert len(client.get("/v1/datasets").json["data"]) == 1


def test_a_body_can_be_judged_without_being_stored(client, queue):
    body = {"dataset": "iris", "network": {"hidden": [{"units": 5}]}}
    answer = client.post("/v1/jobs?validate_only=true", json=body)
    assert answer.status_code == 200
    assert answer.json["parameters"] == 5 * (4 + 1) + 3 * (5 + 1)
    assert answer.json["spec"]["network"]["output"] == "softmax"
    assert answer.json["estimates"]["memory_bytes"] > 0
    assert answer.json["estimates"]["seconds"] > 0
    assert client.get("/v1/jobs").json["data"] == []
    assert queue.woken == []


def test_inline_data_that_are_only_judged_get_no_id(client):
    body = {"dataset": {"inputs": [[0], [1]], "targets": [0.5, 1.5]}}
    assert client.post("/v1/jobs?validate_only=true", json=body).json["spec"]["dataset"] is None
    assert client.get("/v1/datasets").json["data"] == []


def test_training_can_start_from_given_weights(client, work_off):
    layers = [
        {"weights": [[0.5, -0.5], [0.25, 1]], "biases": [0, 0.125]},
        {"weights": [[1], [-1]], "biases": [0.5]},
    ]
    network = {"hidden": [{"units": 2}], "weights": layers}
    body = {"dataset": "xor", "network": network, "epochs": 1, "dtype": "float64", "l2": 0.1}
    job = client.post("/v1/jobs", json=body).json
    assert job["spec"]["network"]["weights"] == layers
    work_off()
    assert client.get(job["links"]["self"]).json["status"] == "succeeded"
