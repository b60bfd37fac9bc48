"""What jobs carried, kept under an id."""

import hashlib

import pytest

UNKNOWN = "ds_00000000000000000000000000"


@pytest.fixture
def store(client):
    def run(value):
        data = {"inputs": [[0], [value]], "targets": [0.5, 1.5]}
        return client.post("/v1/jobs", json={"dataset": data}).json["dataset"]

    return run


def test_a_dataset_shows_what_it_holds_and_gives_its_bytes(client, store):
    dataset = client.get(f"/v1/datasets/{store(1)}").json
    assert (dataset["rows"], dataset["media_type"]) == (2, "application/json")
    assert [(column["name"], column["type"]) for column in dataset["columns"]] == [
        ("x1", "number"),
        ("y", "number"),
    ]
    content = client.get(dataset["links"]["content"])
    assert len(content.data) == dataset["size_bytes"]
    assert hashlib.sha256(content.data).hexdigest() == dataset["sha256"]
    for path in dataset["links"].values():
        tag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_datasets_are_listed_newest_first_in_pages(client, store):
    made = [store(value) for value in (1, 2, 3)]
    first = client.get("/v1/datasets?limit=2")
    assert [dataset["id"] for dataset in first.json["data"]] == [made[2], made[1]]
    rest = client.get(first.headers["Link"].removeprefix("<").partition(">")[0])
    assert [dataset["id"] for dataset in rest.json["data"]] == [made[0]]
    assert (rest.json["has_more"], rest.json["next"]) == (False, None)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("part", ["", "/content"])
def test_an_unknown_dataset_is_not_found(client, part):
    for name in (UNKNOWN, "ds_x", "%00"):
        assert client.get(f"/v1/datasets/{name}{part}").status_code == 404
