"""A history thinned, tagged and compressed; a job followed by events."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from service import history

from .conftest import decoded

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def followed(client: Any, path: str, **options: Any) -> tuple[list[int], list[str]]:
    """The epochs and the statuses that a stream tells until it ends."""
    answer = client.get(f"{path}/events", **options)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/event-stream"
    epochs, statuses = [], []
    for block in answer.text.removesuffix("\n\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        data = json.loads(fields["data"])
        if fields["event"] == "epoch":
            assert fields["id"] == str(data["epoch"])
            epochs.append(data["epoch"])
        else:
            statuses.append(data["status"])
    return epochs, statuses


def test_points_are_rows_of_the_whole_history(client, trained):
    path = trained(epochs=40)
    rows = client.get(f"{path}/history").json["data"]
    page = client.get(f"{path}/history?points=10").json
    assert len(page["data"]) <= 10
    assert all(row in rows for row in page["data"])
    assert (page["data"][0], page["data"][-1]) == (rows[0], rows[-1])
    assert min(rows, key=lambda row: row["validation_cost"]) in page["data"]
    assert (page["has_more"], page["next"]) == (False, None)
    columns = client.get(f"{path}/history?points=10&layout=columns").json["columns"]
    assert columns["epoch"] == [row["epoch"] for row in page["data"]]
    assert client.get(f"{path}/history?points=1000").json["data"] == rows


def test_points_thin_the_page_that_is_asked_for(client, trained):
    path = trained(epochs=40)
    page = client.get(f"{path}/history?points=5&after_epoch=9&limit=20")
    epochs = [row["epoch"] for row in page.json["data"]]
    assert (epochs[0], epochs[-1], len(epochs) <= 5) == (10, 29, True)
    assert (page.json["has_more"], page.json["next"]) == (True, 29)
    assert "points=5" in page.headers["Link"]
    assert "after_epoch=29" in page.headers["Link"]


@pytest.mark.parametrize("query", ["", "?layout=columns", "?format=csv", "?format=ndjson"])
def test_a_history_that_did_not_grow_is_not_sent_again(client, trained, query):
    path = f"{trained()}/history{query}"
    answer = client.get(path)
    tag = answer.headers["ETag"]
    unchanged = client.get(path, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert unchanged.headers["ETag"] == tag
    assert "Accept" in unchanged.vary


@one_database
def test_other_pages_and_forms_have_other_tags(client, trained):
    path = f"{trained()}/history"
    queries = ("", "limit=2", "after_epoch=1", "layout=columns", "format=csv", "format=ndjson")
    tags = [client.get(f"{path}?{query}").headers["ETag"] for query in queries]
    tags += [client.get(f"{trained()}/history").headers["ETag"]]
    assert len(set(tags)) == len(tags)


def test_a_history_that_grew_has_another_tag(client, claimed, write, records):
    from service import claims

    path = client.post("/v1/jobs", json={"dataset": "iris"}).json["links"]["history"]
    claim, tags = claimed(), set()
    for upto in (1, 3):
        write(claims.record, claim, records(range(upto)))
        tags.add(client.get(path).headers["ETag"])
    assert len(tags) == 2


CODINGS = [
    ("gzip", "gzip"),
    ("zstd", "zstd"),
    ("gzip, zstd", "zstd"),
    ("gzip;q=1.0, zstd;q=0.5", "gzip"),
    ("gzip;q=0.2, zstd;q=0", "gzip"),
    ("zstd;q=0, *", "gzip"),
    ("*", "zstd"),
    ("*;q=0", None),
    ("identity, gzip;q=0.5", None),
    ("br, deflate", None),
    ("gzip;q=0", None),
    ("", None),
    (None, None),
]


@one_database
def test_answers_are_in_the_coding_that_is_liked_best(client, trained):
    path = f"{trained(epochs=30)}/history"
    plain = client.get(path)
    for accepted, coding in CODINGS:
        headers = {} if accepted is None else {"Accept-Encoding": accepted}
        answer = client.get(path, headers=headers)
        assert answer.headers.get("Content-Encoding") == coding, accepted
        assert decoded(answer) == plain.data
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        assert set(answer.vary.as_set()) == {"accept", "accept-encoding"}


@one_database
@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_what_is_streamed_is_compressed_too(monkeypatch, client, trained, coding, form):
    path = f"{trained(epochs=30)}/history?format={form}"
    whole = client.get(path).data
    monkeypatch.setattr(history, "PAGE_ROWS", 7)
    monkeypatch.setattr("service.api.history.PAGE_ROWS", 7)
    answer = client.get(path, headers={"Accept-Encoding": coding})
    assert "Content-Length" not in answer.headers
    assert decoded(answer) == whole


@one_database
def test_what_is_small_or_told_at_once_is_sent_as_it_is(client, trained):
    path = trained()
    headers = {"Accept-Encoding": "gzip, zstd"}
    small = client.get("/healthz", headers=headers)
    assert "Content-Encoding" not in small.headers
    assert "Accept-Encoding" in small.vary
    assert "Content-Encoding" not in client.get(f"{path}/events", headers=headers).headers


@one_database
def test_a_compressed_answer_has_a_tag_of_its_meaning_alone(client):
    plain = client.get("/openapi.json").headers["ETag"]
    small = client.get("/openapi.json", headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert small == f"W/{plain}"
    for tag in (plain, small):
        assert client.get("/openapi.json", headers={"If-None-Match": tag}).status_code == 304


def test_events_tell_every_epoch_and_end_after_the_final_status(client, trained):
    path = trained(epochs=5)
    assert followed(client, path) == ([0, 1, 2, 3, 4, 5], ["succeeded"])
    headers = client.get(f"{path}/events").headers
    assert headers["Cache-Control"] == "no-cache"
    assert headers["X-Accel-Buffering"] == "no"
    assert client.get(path).json["links"]["events"] == f"{path}/events"


def test_events_go_on_after_the_last_that_came(client, trained):
    path = trained(epochs=5)
    after_3 = ([4, 5], ["succeeded"])
    assert followed(client, path, headers={"Last-Event-ID": "3"}) == after_3
    assert followed(client, path, query_string={"last_event_id": 3}) == after_3
    both = {"headers": {"Last-Event-ID": "3"}, "query_string": {"last_event_id": 1}}
    assert followed(client, path, **both) == after_3


def test_events_come_while_the_job_runs(client, work_off):
    job = client.post("/v1/jobs", json={"dataset": "xor", "epochs": 50}).json
    training = threading.Thread(target=work_off)
    training.start()
    epochs, statuses = followed(client, job["links"]["self"])
    training.join()
    assert (epochs, statuses[-1]) == (list(range(51)), "succeeded")


@one_database
@pytest.mark.parametrize(
    ("headers", "query", "parameter"),
    [
        ({"Last-Event-ID": "x"}, "", "Last-Event-ID"),
        ({"Last-Event-ID": "-1"}, "", "Last-Event-ID"),
        ({"Last-Event-ID": "99999999999"}, "", "Last-Event-ID"),
        ({}, "?last_event_id=-1", "last_event_id"),
        ({}, "?after=1", "after"),
    ],
)
def test_an_id_that_no_event_has_is_a_fault(client, trained, headers, query, parameter):
    answer = client.get(f"{trained()}/events{query}", headers=headers)
    assert answer.status_code == 422
    assert [error["parameter"] for error in answer.json["errors"]] == [parameter]


@one_database
def test_a_stream_of_no_job_is_not_found(client):
    answer = client.get("/v1/jobs/job_00000000000000000000000000/events")
    assert answer.status_code == 404


def test_beyond_the_budget_a_stream_is_refused_and_all_else_is_not(make_app, trained):
    path = trained()
    client = make_app(max_streams=1).test_client()
    queued = client.post("/v1/jobs", json={"dataset": "xor"}).json["links"]["events"]
    held = client.get(queued, buffered=False)
    try:
        assert next(iter(held.response)).startswith(b"event: status")
        refused = client.get(f"{path}/events")
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) >= 1
        assert client.get(path).status_code == 200
        assert client.get(f"{path}?wait=1").status_code == 200
    finally:
        held.close()
    assert followed(client, path)[1] == ["succeeded"]


def test_while_streams_wait_they_hold_no_session(make_app, work_off):
    """More streams than the database has connections, and yet others are served."""
    app = make_app()
    path = (
        app.test_client().post("/v1/jobs", json={"dataset": "xor", "epochs": 3}).headers["Location"]
    )
    with ThreadPoolExecutor(40) as pool:
        streams = [pool.submit(followed, app.test_client(), path) for _ in range(40)]
        assert app.test_client().get("/v1/jobs").status_code == 200
        work_off()
        for stream in streams:
            epochs, statuses = stream.result()
            assert (epochs, statuses[-1]) == ([0, 1, 2, 3], "succeeded")


@one_database
def test_a_job_that_did_not_change_is_known_by_its_tag_while_it_waits(client, write):
    first, second = (client.post("/v1/jobs", json={"dataset": "xor"}).json for _ in range(2))
    path = second["links"]["self"]
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    client.post(first["links"]["cancel"])  # and with that the second is the next
    moved = client.get(path, headers={"If-None-Match": tag})
    assert (moved.status_code, moved.json["queue_position"]) == (200, 1)
