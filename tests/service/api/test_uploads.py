"""Files that become datasets: as a body or as a part, once, whole, and nobody else's."""

import base64
import hashlib
import io

import pytest

# What does not depend on the kind of database.
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CSV = b"length,island,alive\r\n1.5,Biscoe,true\r\n,Dream,false\r\n2,NA,true\r\n"
HEADERS = {"Content-Type": "text/csv"}
KEY = {"Idempotency-Key": "5f1c"}
OTHER_DIGEST = f"sha-256=:{base64.b64encode(bytes(32)).decode()}:"


def test_a_file_becomes_a_dataset_that_tells_what_it_holds(client, upload):
    answer = upload(query="?name=penguins")
    assert answer.status_code == 201
    shown = answer.json
    assert answer.headers["Location"] == shown["links"]["self"]
    assert client.get(shown["links"]["self"]).json == shown
    assert (shown["name"], shown["rows"], shown["media_type"]) == ("penguins", 3, "text/csv")
    assert (shown["size_bytes"], shown["sha256"]) == (len(CSV), hashlib.sha256(CSV).hexdigest())
    length, island, alive = shown["columns"]
    assert (length["name"], length["type"], length["missing"]) == ("length", "number", 1)
    assert (length["min"], length["max"], length["mean"], length["std"]) == (1.5, 2, 1.75, 0.25)
    assert (island["type"], island["distinct"], island["examples"]) == (
        "text",
        2,
        ["Biscoe", "Dream"],
    )
    assert (alive["type"], alive["mean"]) == ("boolean", pytest.approx(2 / 3))
    assert [column["is_target"] for column in shown["columns"]] == [False, False, True]


def test_its_bytes_are_given_back_as_they_were_sent(client, upload):
    links = upload().json["links"]
    content = client.get(links["content"])
    assert (content.data, content.mimetype) == (CSV, "text/csv")
    digest = base64.b64encode(hashlib.sha256(CSV).digest()).decode()
    assert content.headers["Content-Digest"] == f"sha-256=:{digest}:"
    tag = {"If-None-Match": content.headers["ETag"]}
    assert client.get(links["content"], headers=tag).status_code == 304


@one_database
def test_its_rows_are_read_page_by_page(client, upload):
    path = upload().json["links"]["rows"]
    first = client.get(f"{path}?limit=2")
    assert first.json["columns"] == ["length", "island", "alive"]
    assert first.json["data"] == [[1.5, "Biscoe", True], [None, "Dream", False]]
    assert (first.json["has_more"], first.json["next"]) == (True, 2)
    rest = client.get(first.headers["Link"].removeprefix("<").partition(">")[0])
    assert rest.json["data"] == [[2, None, True]]
    assert (rest.json["has_more"], rest.json["next"]) == (False, None)
    assert client.get(f"{path}?after=3").json["data"] == []
    assert client.get(f"{path}?limit=0").status_code == 422


@one_database
def test_of_wide_rows_fewer_are_read_at_once(client, upload):
    wide = ",".join(f"x{place}" for place in range(9_000)).encode() + b"\n"
    path = upload(wide + (b"1," * 8_999 + b"2\n") * 13).json["links"]["rows"]
    pages = [client.get(path)]
    while link := pages[-1].headers.get("Link"):
        pages.append(client.get(link.removeprefix("<").partition(">")[0]))
    assert [len(page.json["data"]) for page in pages] == [11, 2]
    assert sum(len(page.json["data"]) for page in pages) == 13


@one_database
def test_rows_of_what_a_job_carried_are_read_alike(client):
    data = {"inputs": [[0, 1.5], [2, 3]], "targets": ["a", "b"]}
    dataset = client.post("/v1/jobs", json={"dataset": data}).json["dataset"]
    answer = client.get(f"/v1/datasets/{dataset}/rows?after=1").json
    assert (answer["columns"], answer["data"]) == (["x1", "x2", "y"], [[2, 3, "b"]])


def test_the_same_bytes_are_kept_once_and_go_with_the_last_that_names_them(client, upload, kept):
    first, second = upload(query="?name=a").json, upload(query="?name=b&target=island").json
    assert first["id"] != second["id"]
    assert [column["is_target"] for column in second["columns"]] == [False, True, False]
    assert first["columns"][0] == second["columns"][0]
    once = kept()
    assert len(once) == 2
    assert client.delete(first["links"]["self"]).status_code == 204
    assert kept() == once
    assert client.get(second["links"]["content"]).data == CSV
    assert client.delete(second["links"]["self"]).status_code == 204
    assert kept() == set()
    assert client.get(second["links"]["self"]).status_code == 404


@one_database
def test_other_bytes_or_the_same_as_something_else_are_kept_apart(client, upload, kept):
    upload(b"x\n1\n2\n")
    upload(b"x\n1\n3\n")
    assert len(kept()) == 4


@one_database
def test_what_a_job_carried_twice_is_kept_once(client, kept):
    body = {"dataset": {"inputs": [[0], [1]], "targets": [0, 1]}}
    first, second = (client.post("/v1/jobs", json=body).json["dataset"] for _ in range(2))
    assert first != second
    assert kept() == {f"datasets/{first}.json"}


def test_a_dataset_is_called_anew(client, upload):
    path = upload(query="?name=a").json["links"]["self"]
    assert client.patch(path, json={"name": "b"}).json["name"] == "b"
    assert client.patch(path, json={}).json["name"] == "b"
    assert client.patch(path, json={"name": None}).json["name"] is None
    assert client.get(path).json["name"] is None
    assert client.patch(path, json={"name": "x" * 201}).status_code == 422
    assert client.patch(path, json={"rows": 3}).status_code == 422


def test_a_dataset_that_an_unfinished_job_needs_is_not_deleted(client):
    body = {"dataset": {"inputs": [[0], [1]], "targets": [0, 1]}}
    job = client.post("/v1/jobs", json=body).json
    path = f"/v1/datasets/{job['dataset']}"
    answer = client.delete(path)
    assert (answer.status_code, answer.json["detail"]) == (
        409,
        "A job that is not finished needs this dataset.",
    )
    client.post(job["links"]["cancel"])
    assert client.delete(path).status_code == 204
    assert client.get(job["links"]["self"]).json["status"] == "cancelled"


def test_the_same_upload_under_a_key_again_gets_the_first_answer(client, upload, kept):
    first, again = upload(**KEY), upload(**KEY)
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(client.get("/v1/datasets").json["data"]) == 1
    assert upload(CSV + b"3,Dream,true\r\n", **KEY).status_code == 422
    assert upload(query="?name=b", **KEY).status_code == 422
    assert len(kept()) == 2


@one_database
def test_an_upload_that_was_refused_does_not_hold_its_key(client, upload):
    assert upload(b"a,b\n", **KEY).status_code == 422
    assert upload(Content_Digest=OTHER_DIGEST, **KEY).status_code == 400
    assert upload(**KEY).status_code == 201


@one_database
def test_a_body_that_ends_too_soon_leaves_nothing_and_its_key_may_be_used_again(
    client, upload, kept
):
    short = {"wsgi.input": io.BytesIO(CSV), "wsgi.input_terminated": True}
    more = {"CONTENT_LENGTH": str(len(CSV) + 1), "CONTENT_TYPE": "text/csv"}
    answer = client.post("/v1/datasets", environ_overrides=short | more, headers=KEY)
    assert answer.status_code == 400
    assert f"{len(CSV)} of its {len(CSV) + 1} bytes" in answer.json["detail"]
    assert kept() == set()
    assert upload(**KEY).status_code == 201


@one_database
def test_a_fault_of_the_file_is_told_by_its_line_and_leaves_nothing(client, upload, kept, faults):
    told = faults(upload(b"a,b\n1,2\n3\n"))
    assert "line 3" in told[""]
    assert kept() == set()


@one_database
def test_a_target_that_is_no_column_is_refused(client, upload, kept):
    for _ in range(2):
        answer = upload(query="?target=nope")
        assert answer.json["errors"] == [
            {"parameter": "target", "detail": "is no column of the file"}
        ]
    assert kept() == set()
    upload()
    assert upload(query="?target=nope").status_code == 422


@one_database
def test_limits_on_bytes(make_app):
    client = make_app(max_upload_bytes=1024).test_client()
    for size, status in ((1024, 201), (1025, 413)):
        body = b"x\n" + b"1\n" * (size // 2 - 1) + b"\n" * (size % 2)
        for sent in (
            {"data": body, "headers": HEADERS},
            {"data": {"file": (io.BytesIO(body), "a.csv")}},
        ):
            answer = client.post("/v1/datasets", **sent)
            assert answer.status_code == status, answer.text
    assert "1024 bytes" in answer.json["detail"]


@one_database
def test_the_bytes_of_a_tenant_have_a_limit_that_counts_the_same_bytes_once(make_app, kept):
    limited = make_app(max_stored_bytes=8_000).test_client()
    assert limited.post("/v1/datasets", data=CSV, headers=HEADERS).status_code == 201
    before = kept()
    assert limited.post("/v1/datasets", data=CSV, headers=HEADERS).status_code == 201
    answer = limited.post("/v1/datasets", data=b"x\n" + b"0.5\n" * 2_000, headers=HEADERS)
    assert (answer.status_code, "8000" in answer.json["detail"]) == (413, True)
    assert kept() == before


@one_database
@pytest.mark.parametrize("settings", [{"max_rows": 2}, {"max_columns": 2}, {"max_cells": 8}])
def test_limits_on_what_a_file_holds(make_app, settings, kept):
    client = make_app(**settings).test_client()
    answer = client.post("/v1/datasets", data=CSV, headers=HEADERS)
    assert answer.status_code == 422
    assert str(next(iter(settings.values()))) in answer.json["errors"][0]["detail"]
    assert kept() == set()


@one_database
def test_where_too_many_are_under_way_another_is_to_come_again(make_app):
    app = make_app(max_uploads=1)
    with app.extensions["descentd"].upload_places.take():
        answer = app.test_client().post("/v1/datasets", data=CSV, headers=HEADERS)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert app.test_client().post("/v1/datasets", data=CSV, headers=HEADERS).status_code == 201
