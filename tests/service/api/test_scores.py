"""The scores of a job, whole at the job and in short in lists."""

import pytest

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_classes_are_scored_by_their_labels_on_both_parts(client, trained):
    metrics = client.get(trained(epochs=30)).json["metrics"]
    for part, rows in (("training", 40), ("validation", 10)):
        scores = metrics[part]
        assert [(each["label"], each["rows"]) for each in scores["classes"]] == [
            ("setosa", rows),
            ("versicolor", rows),
            ("virginica", rows),
        ]
        matrix = scores["confusion_matrix"]
        assert [sum(row) for row in matrix] == [rows] * 3
        assert scores["accuracy"] == sum(matrix[n][n] for n in range(3)) / (3 * rows)


def test_targets_are_scored_by_their_names_and_nothing_is_null_for_no_reason(client, trained):
    data = {"inputs": [[0], [1], [2]], "targets": [[1, 0.5], [3, 0.7], [5, 0.5]]}
    path = trained(dataset=data)
    metrics = client.get(path).json["metrics"]
    assert metrics["validation"] is None
    first, second = metrics["training"]["targets"]
    assert (first["target"], second["target"]) == ("y1", "y2")
    assert metrics["training"]["r2"] == pytest.approx((first["r2"] + second["r2"]) / 2)
    # A target that is constant cannot be learned, but other data may hold one
    constant = {**data, "targets": [[1, 0.5], [3, 0.5], [5, 0.5]]}
    scores = client.post(f"{path}/evaluations", json={"dataset": constant}).json
    first, second = scores["targets"]
    assert second["r2"] is None
    assert scores["r2"] == first["r2"] is not None


def test_lists_leave_out_what_grows_with_the_classes(client, trained):
    whole = client.get(trained()).json["metrics"]["training"]
    short = client.get("/v1/jobs").json["data"][0]["metrics"]["training"]
    assert short.keys() == {"accuracy", "log_loss", "roc_auc", "macro"}
    assert short == {name: whole[name] for name in short}
    assert client.get("/v1/jobs").json["data"][0]["metrics"]["validation"] is not None


def test_a_job_that_is_not_done_has_no_scores(client):
    made = client.post("/v1/jobs", json={"dataset": "iris"}).json
    assert made["metrics"] is None
    assert client.get("/v1/jobs").json["data"][0]["metrics"] is None
