"""What jobs carried, kept under an id."""

import hashlib

import pytest

from service.builtin_datasets import BUILT_IN

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


def test_what_a_job_carried_tells_its_statistics(client):
    data = {"inputs": [[0, 1.5], [2, 3]], "targets": ["a", "b"]}
    dataset = client.post("/v1/jobs", json={"dataset": data}).json["dataset"]
    first, second, target = client.get(f"/v1/datasets/{dataset}").json["columns"]
    told = ("min", "max", "mean", "std", "missing", "distinct")
    assert [first[name] for name in told] == [0, 2, 1, 1, 0, 2]
    assert [second[name] for name in told] == [1.5, 3, 2.25, 0.75, 0, 2]
    assert (target["type"], target["distinct"], target["examples"]) == ("text", 2, ["a", "b"])
    assert [column["is_target"] for column in (first, second, target)] == [False, False, True]


one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@one_database
def test_what_is_built_in_is_shown_as_what_was_uploaded(client, upload):
    shown = client.get("/v1/datasets/iris").json
    content = client.get(shown["links"]["content"])
    assert (content.mimetype, len(content.data)) == ("text/csv", shown["size_bytes"])
    assert hashlib.sha256(content.data).hexdigest() == shown["sha256"]
    uploaded = upload(content.data).json
    for name in ("rows", "columns", "media_type", "encoding", "size_bytes", "sha256"):
        assert shown[name] == uploaded[name]
    assert (shown["id"], shown["name"], shown["created_at"]) == ("iris", "iris", None)
    assert [column["mean"] for column in shown["columns"]] == [
        *(pytest.approx(mean, abs=5e-4) for mean in (5.843, 3.057, 3.758, 1.199)),
        None,
    ]
    pages = [
        client.get(f"{path}?after=100&limit=7").json
        for path in (shown["links"]["rows"], uploaded["links"]["rows"])
    ]
    assert pages[0] == pages[1]
    assert (len(pages[0]["data"]), pages[0]["next"]) == (7, 107)


@one_database
@pytest.mark.parametrize("name", BUILT_IN)
def test_each_built_in_dataset_has_all_of_its_parts(client, name):
    path = f"/v1/datasets/{name}"
    shown, rows = client.get(path).json, client.get(f"{path}/rows?limit=1").json
    assert [column["name"] for column in shown["columns"]] == rows["columns"]
    lines = client.get(f"{path}/content").data.splitlines()
    assert shown["rows"] == len(lines) - 1
    assert lines[0].decode() == ",".join(rows["columns"])
    for link in shown["links"].values():
        tag = {"If-None-Match": client.get(link).headers["ETag"]}
        assert client.get(link, headers=tag).status_code == 304


@one_database
def test_what_is_built_in_belongs_to_nobody_and_stays(client):
    assert client.get("/v1/datasets").json["data"] == []
    for answer in (
        client.delete("/v1/datasets/iris"),
        client.patch("/v1/datasets/iris", json={"name": "mine"}),
    ):
        assert (answer.status_code, "built in" in answer.json["detail"]) == (409, True)
