"""Jobs on files of all kinds of columns, from the upload to predictions on raw rows."""

import pytest

ROWS = 60
HEADER = "length,island,born,tagged,held,weight,species,mass"


def csv_of(rows):
    lines = [HEADER]
    for at in range(rows):
        length = "NA" if at % 10 == 3 else f"{at / 7:.3f}"
        island = "" if at % 12 == 5 else ("Biscoe", "Dream", "Torgersen")[at % 3]
        flags = f"{str(at % 2 == 0).lower()},{str(at % 4 == 0).lower()}"
        species = ("Adelie", "Gentoo")[at % 5 == 0]
        lines.append(
            f"{length},{island},2026-01-{at % 28 + 1:02},{flags},{at % 3 + 1},{species},{at * 2.5}"
        )
    return "\n".join(lines).encode() + b"\n"


@pytest.fixture
def dataset(upload):
    def make(rows=ROWS):
        return upload(csv_of(rows)).json["id"]

    return make


BODY = {"target": "species", "features": ["length", "island", "born", "tagged"]}


def test_a_file_goes_all_the_way_to_predictions_on_raw_rows(client, trained, dataset):
    path = trained(
        dataset=dataset(),
        **BODY,
        missing={"length": "mean"},
        class_weights="balanced",
        weight_column="weight",
        validation={"column": "held"},
    )
    job = client.get(path).json
    assert job["status"] == "succeeded", job["error"]
    # length, three islands and what misses one, born, tagged
    assert job["parameters"] == (7 + 1) * 16 + 17
    assert job["spec_reasons"] == {"/task": "The target 'species' is text: two classes."}
    rows = [
        [3.5, "Dream", "2026-02-01", True],
        [None, None, None, None],
        {"tagged": False, "born": "2026-01-05T12:00:00Z", "island": "Elsewhere", "length": 1},
    ]
    told = client.post(f"{path}/predictions", json={"inputs": rows}).json
    assert told["classes"] == ["Adelie", "Gentoo"]
    assert all(sum(row) == pytest.approx(1) for row in told["probabilities"])
    again = client.post("/v1/jobs", json=job["spec"])
    assert again.json["spec"] == job["spec"]


def test_several_targets_are_answered_together(client, trained, dataset):
    path = trained(dataset=dataset(), target=["mass", "weight"], features=["length", "island"])
    told = client.post(f"{path}/predictions", json={"inputs": [[1.5, "Dream"]]}).json
    assert [len(row) for row in told["predictions"]] == [2]
    assert client.get(path).json["spec"]["target"] == ["mass", "weight"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("row", "pointer", "words"),
    [
        (["1.5", "Dream", "2026-02-01", True], "/inputs/0/0", "number"),
        ([True, "Dream", "2026-02-01", True], "/inputs/0/0", "number"),
        ([1.5, 3, "2026-02-01", True], "/inputs/0/1", "text"),
        ([1.5, "Dream", "yesterday", True], "/inputs/0/2", "a date such as"),
        ([1.5, "Dream", 5, True], "/inputs/0/2", "a date such as"),
        ([1.5, "Dream", "2026-02-01", 1], "/inputs/0/3", "true or false"),
        ([None, "Dream", "2026-02-01", True], "/inputs/0/0", "must not be null"),
        ([1.5, "Dream"], "/inputs/0", "4 values"),
        ({"length": 1.5, "island": "Dream", "born": None}, "/inputs/0/tagged", "required"),
    ],
)
def test_raw_values_of_another_kind_are_told(client, trained, upload, faults, row, pointer, words):
    whole = csv_of(ROWS).replace(b"NA,", b"1.0,")
    path = trained(dataset=upload(whole).json["id"], **BODY, missing={"length": "error"})
    found = faults(client.post(f"{path}/predictions", json={"inputs": [row]}))
    assert words in found[pointer]


def test_a_dataset_to_validate_on_is_kept_as_long_as_it_is_needed(client, dataset, work_off):
    first, second = dataset(), dataset(24)
    body = {"dataset": first, **BODY, "validation": {"dataset": second}, "epochs": 2}
    job = client.post("/v1/jobs", json=body).json
    assert client.delete(f"/v1/datasets/{second}").status_code == 409
    work_off()
    done = client.get(job["links"]["self"]).json
    assert done["status"] == "succeeded", done["error"]
    matrix = done["metrics"]["validation"]["confusion_matrix"]
    assert sum(map(sum, matrix)) == 24
    assert client.delete(f"/v1/datasets/{second}").status_code == 204


def test_a_job_whose_validation_dataset_is_gone_cannot_be_retried(client, dataset):
    first, second = dataset(), dataset(24)
    body = {"dataset": first, **BODY, "validation": {"dataset": second}}
    path = client.post("/v1/jobs", json=body).json["links"]["self"]
    client.post(f"{path}/cancel")
    assert client.delete(f"/v1/datasets/{second}").status_code == 204
    answer = client.post(f"{path}/retry")
    assert answer.status_code == 409
    assert f"{second} that the job validates on is gone" in answer.json["detail"]


def test_a_built_in_dataset_can_be_validated_on(client, trained):
    path = trained(validation={"dataset": "iris"})
    metrics = client.get(path).json["metrics"]
    assert metrics["validation"] == metrics["training"]
