"""The pictures of a job, as any reader of them is answered."""

from __future__ import annotations

import base64
import hashlib
import re
from xml.etree import ElementTree

import pytest

from service import claims, jobs
from service.pictures import DrawnRows, cost_curve

SVG = "{http://www.w3.org/2000/svg}"
STRANGE = "</svg><script>alert(1)</script> & \"quotes' \u0001 π"

sqlite_alone = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def words_of(root):
    return [element.text for element in root.iter(f"{SVG}text")]


def test_a_cost_curve_shows_what_the_job_says(client, trained):
    path = trained(epochs=4)
    job = client.get(path).json
    answer = client.get(f"{path}/cost.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    root = ElementTree.fromstring(answer.data)
    described = root.findtext(f"{SVG}desc")
    assert f"best: epoch {job['best']['epoch']}, " in described
    assert "all epochs done: epoch 4 of 4" in described
    assert job["diagnosis"]["sentence"] in described
    assert job["id"] in words_of(root)
    epochs = [len(re.findall("[ML]", line.get("d"))) for line in root.iter(f"{SVG}path")]
    assert epochs == [5, 5, 4]  # validation, training, and a rate for each epoch but the first


def test_a_job_that_has_not_begun_has_a_picture_too(client):
    path = client.post("/v1/jobs", json={"dataset": "iris"}).json["links"]["self"]
    root = ElementTree.fromstring(client.get(f"{path}/cost.svg").data)
    assert "no finite cost yet" in words_of(root)


@sqlite_alone
def test_a_name_stays_text_whatever_it_holds(client, trained):
    path = trained(epochs=1, name=STRANGE)
    root = ElementTree.fromstring(client.get(f"{path}/cost.svg").data)
    shown = STRANGE.replace("\u0001", "\ufffd")
    assert root.findtext(f"{SVG}title") == f"Cost of {shown}"
    assert shown in words_of(root)
    assert list(root.iter(f"{SVG}script")) == []


@sqlite_alone
def test_a_picture_may_use_its_own_style_and_nothing_else(client, trained):
    path = trained(epochs=1)
    answer = client.get(f"{path}/cost.svg")
    style = ElementTree.fromstring(answer.data).findtext(f"{SVG}style")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert " style=" not in answer.text
    assert "href" not in answer.text


@sqlite_alone
def test_an_unchanged_picture_is_not_sent_again(client, trained):
    path = trained(epochs=1)
    for name in ("cost.svg", "cost.png", "cost.svg?theme=dark"):
        first = client.get(f"{path}/{name}")
        again = client.get(f"{path}/{name}", headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


@sqlite_alone
def test_a_picture_is_drawn_anew_when_its_job_has_changed(client, trained):
    path = trained(epochs=1)
    first = client.get(f"{path}/cost.svg")
    client.patch(path, json={"name": "another"})
    again = client.get(f"{path}/cost.svg", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert "Cost of another" in again.text
    assert again.headers["ETag"] != first.headers["ETag"]


def test_a_history_that_grows_is_drawn_as_far_as_it_is(
    read, write, submitted, claimed, records, tenant
):
    drawn = DrawnRows(most=1)
    job = submitted()
    claim = claimed()
    for last in (2, 5, 5):
        write(claims.record, claim, records(range(last + 1)))
        curve = read(lambda session: cost_curve(session, drawn, jobs.get(session, tenant, job.id)))
        assert curve.epochs == list(range(last + 1))
        assert curve.cost == [1 / (epoch + 1) for epoch in curve.epochs]


@sqlite_alone
def test_a_png_has_the_size_that_was_asked_for(client, trained):
    path = trained(epochs=1)
    sizes = []
    for query in ("", "?width=300&height=200&theme=dark"):
        answer = client.get(f"{path}/cost.png{query}")
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        assert answer.data.startswith(b"\x89PNG")
        sizes.append((int.from_bytes(answer.data[16:20]), int.from_bytes(answer.data[20:24])))
    assert sizes == [(720, 440), (300, 200)]


@sqlite_alone
@pytest.mark.parametrize("query", ["width=239", "width=2001", "height=159", "theme=blue", "zoom=2"])
def test_a_wrong_parameter_of_a_picture_is_a_fault(client, trained, query):
    answer = client.get(f"{trained(epochs=1)}/cost.svg?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["parameter"] == query.partition("=")[0]


@sqlite_alone
def test_there_is_no_picture_of_what_is_not_there(client):
    assert client.get("/v1/jobs/job_0000000000000000000000/cost.svg").status_code == 404
