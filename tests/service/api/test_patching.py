"""A job's name and metadata are changed by a JSON merge patch."""

import pytest

MERGE_PATCH = "application/merge-patch+json"


@pytest.fixture
def path(client):
    body = {"dataset": "xor", "name": "first", "metadata": {"team": "a", "run": 1}}
    return client.post("/v1/jobs", json=body).json["links"]["self"]


@pytest.fixture
def patched(client, path):
    """Sends a patch and gives the name and the metadata that come of it."""

    def send(patch, **options):
        answer = client.patch(path, json=patch, **options)
        assert answer.status_code == 200, answer.text
        assert client.get(path).json == answer.json
        return answer.json["name"], answer.json["metadata"]

    return send


@pytest.mark.parametrize("content_type", [MERGE_PATCH, "application/json"])
@pytest.mark.parametrize(
    ("patch", "name", "metadata"),
    [
        ({}, "first", {"team": "a", "run": 1}),
        ({"name": "second"}, "second", {"team": "a", "run": 1}),
        ({"name": None}, None, {"team": "a", "run": 1}),
        ({"metadata": {"team": "b", "more": True}}, "first", {"team": "b", "run": 1, "more": True}),
        ({"metadata": {"team": None, "unknown": None}}, "first", {"run": 1}),
        ({"metadata": None, "name": "x"}, "x", {}),
        ({"metadata": {}}, "first", {"team": "a", "run": 1}),
    ],
)
def test_what_a_patch_names_changes_and_null_takes_away(
    patch, name, metadata, content_type, patched
):
    assert patched(patch, content_type=content_type) == (name, metadata)


def test_what_stands_as_null_already_stays_where_the_patch_does_not_name_it(client):
    body = {"dataset": "xor", "metadata": {"a": None, "b": 1}}
    path = client.post("/v1/jobs", json=body).json["links"]["self"]
    assert client.patch(path, json={"metadata": {"b": None}}).json["metadata"] == {"a": None}


def test_a_patch_that_changes_nothing_leaves_the_etag(client, path):
    before = client.get(path).headers["ETag"]
    client.patch(path, json={"name": "first", "metadata": {"run": 1}})
    assert client.get(path).headers["ETag"] == before
    client.patch(path, json={"name": "other"})
    assert client.get(path).headers["ETag"] != before


@pytest.mark.parametrize(
    ("patch", "pointers"),
    [
        ([], {""}),
        ({"name": 5}, {"/name"}),
        ({"name": "x" * 201, "metadata": {"k": [1]}, "status": "queued"}, None),
        ({"metadata": {"": 1}}, {"/metadata/"}),
        ({"metadata": {f"key{number}": 1 for number in range(49)}}, {"/metadata"}),
        ({"epochs": 5}, {"/epochs"}),
    ],
)
def test_a_bad_patch_is_refused_whole(client, path, faults, patch, pointers):
    before = client.get(path).json
    found = faults(client.patch(path, json=patch))
    assert set(found) == (pointers or {"/name", "/metadata/k", "/status"})
    assert client.get(path).json == before


def test_another_media_type_is_refused(client, path):
    answer = client.patch(path, data=b"{}", content_type="application/json-patch+json")
    assert answer.status_code == 415


def test_a_job_that_is_not_there_cannot_be_patched(client):
    assert client.patch(f"/v1/jobs/job_{'0' * 26}", json={}).status_code == 404


def test_a_finished_job_can_still_be_named(client, trained):
    path = trained()
    assert client.patch(path, json={"name": "good"}).json["status"] == "succeeded"


def test_patches_that_race_lose_nothing(app, client, path, at_once):
    def send(number):
        patch = {"metadata": {f"key{number}": number}}
        return app.test_client().patch(path, json=patch).status_code

    answers = at_once([lambda number=number: send(number) for number in range(8)])
    assert answers == [200] * 8
    metadata = client.get(path).json["metadata"]
    assert metadata == {"team": "a", "run": 1, **{f"key{number}": number for number in range(8)}}
