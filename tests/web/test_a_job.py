"""A job in the browser, from the form to the files it leaves."""

from __future__ import annotations

import json
import re

import httpx
import onnxruntime
import pytest
from playwright.sync_api import expect


def submitted(service_url, **body):
    """A job that was sent beside the page."""
    answer = httpx.post(f"{service_url}/v1/jobs", json={"dataset": "xor", "epochs": 20} | body)
    assert answer.status_code == 202, answer.text
    return answer.json()


def finished(service_url, **body):
    job = submitted(service_url, **body)
    path = f"{service_url}/v1/jobs/{job['id']}?wait=30"
    return httpx.get(path, timeout=40).json()


def section(page, heading):
    return page.locator("section").filter(has=page.get_by_role("heading", name=heading, exact=True))


def epochs_told(page, name):
    """What the table beside a curve lists."""
    table = page.get_by_role("group", name=f"{name} in numbers")
    if not table.is_visible():
        page.get_by_text(f"Table: {name}").click()
    return [int(text) for text in table.locator("tbody th").all_inner_texts()]


def test_from_the_form_over_the_live_curve_to_the_model(page, tmp_path):
    page.goto("/#/new")
    page.get_by_role("button", name="Moons").click()
    page.get_by_label("epochs", exact=True).fill("200")
    expect(page.locator(".verdict-line")).to_contain_text("337 parameters")
    sent = json.loads(page.get_by_label("The body as JSON").inner_text())
    assert (sent["dataset"], sent["epochs"]) == ("moons", 200)
    page.get_by_role("button", name="Train").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("moons")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    curve = page.get_by_role("img", name=re.compile(r"Cost\. training: from .* at epoch 0"))
    expect(curve.locator("canvas")).to_be_visible()
    badge = page.locator(".job-head .badge")
    expect(badge).to_have_text("running")
    expect(badge).to_have_text("succeeded")
    expect(page.get_by_role("status").last).to_have_text("moons is succeeded.")
    expect(page.get_by_role("img", name=re.compile("to .* at epoch 200"))).not_to_have_count(0)

    scores = section(page, "Scores")
    expect(scores.get_by_role("rowheader", name="accuracy")).to_be_visible()
    expect(scores.get_by_text("Confusion, validation")).to_be_visible()
    expect(section(page, "Diagnosis").locator(".verdict")).not_to_be_empty()
    surface = section(page, "Surface").get_by_role("img")
    expect(surface).to_be_visible()
    assert surface.evaluate("image => image.complete && image.naturalWidth > 0")

    with page.expect_download() as download:
        page.get_by_role("button", name="Download Model as onnx").click()
    assert download.value.suggested_filename == "moons.onnx"
    download.value.save_as(tmp_path / "moons.onnx")
    assert onnxruntime.InferenceSession(tmp_path / "moons.onnx").get_inputs()


def test_a_running_job_is_paused_resumed_and_cancelled(page, service_url):
    job = submitted(service_url, dataset="digits", epochs=100_000)
    page.goto(f"/#/jobs/{job['id']}")
    badge = page.locator(".job-head .badge")
    for name, status in [
        ("Pause", "paused"),
        ("Resume", "running"),
        ("Cancel", "cancelled"),
    ]:
        page.get_by_role("button", name=name).click()
        expect(badge).to_have_text(status)
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Jobs")
    assert httpx.get(f"{service_url}{job['links']['self']}").status_code == 404


def test_a_refusal_stands_beside_the_buttons(page, service_url, faults):
    faults.append("409")
    job = submitted(service_url, dataset="digits", epochs=100_000)
    page.route("**/pause", lambda route: route.continue_(url=route.request.url[:-5] + "resume"))
    page.goto(f"/#/jobs/{job['id']}")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("alert").first).to_contain_text("cannot")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".job-head .badge")).to_have_text("cancelled")


def test_a_stream_that_breaks_off_is_resumed_without_a_gap(page, service_url):
    job = submitted(service_url, epochs=20, priority=9)
    httpx.get(f"{service_url}/v1/jobs/{job['id']}?wait=30", timeout=40)
    rows = httpx.get(f"{service_url}{job['links']['history']}").json()["data"]
    asked = []

    def cut_off(route):
        asked.append(route.request.headers.get("last-event-id"))
        if len(asked) > 1:
            route.continue_()
            return
        told = "".join(
            f"id: {row['epoch']}\nevent: epoch\ndata: {json.dumps(row)}\n\n" for row in rows[:5]
        )
        cut = told + "id: 5\nevent: epoch\nda"
        route.fulfill(body=cut, headers={"Content-Type": "text/event-stream"})

    def as_if_queued(route):
        answer = route.fetch()
        shown = answer.json() | {"status": "running"} if len(asked) < 2 else answer.json()
        route.fulfill(response=answer, json=shown)

    empty = {name: [] for name in rows[0]}
    page.route("**/history?points=*", lambda route: route.fulfill(json={"columns": empty}))
    page.route(f"**/v1/jobs/{job['id']}", as_if_queued)
    page.route("**/events", cut_off)
    page.goto(f"/#/jobs/{job['id']}")
    expect(page.locator(".job-head .badge")).to_have_text("succeeded")
    assert asked == [None, "4"]
    assert epochs_told(page, "Cost") == list(range(21))


def test_without_streams_a_job_is_watched_by_asking(page, service_url, faults):
    faults.append("net::ERR_FAILED")
    page.route("**/events", lambda route: route.abort())
    job = submitted(service_url, dataset="iris", epochs=20)
    page.goto(f"/#/jobs/{job['id']}")
    expect(page.locator(".job-head .badge")).to_have_text("succeeded")
    expect(page.get_by_role("img", name=re.compile("at epoch 20"))).not_to_have_count(0)
    assert epochs_told(page, "Cost") == list(range(21))


def test_the_curl_command_gives_what_is_shown(page, service_url):
    job = finished(service_url, name="it's xor")
    page.goto(f"/#/jobs/{job['id']}")
    page.get_by_text("curl: this job").click()
    command = page.get_by_label("curl: this job", exact=True).inner_text()
    assert command == f"curl --silent '{service_url}/v1/jobs/{job['id']}'"
    page.get_by_role("button", name="Copy curl: this job").click()
    expect(page.get_by_role("button", name="Copy curl: this job")).to_have_text("Copied")


def test_what_diverged_says_so_and_is_not_offered_again(page, service_url):
    rate = {"kind": "gradient_descent", "learning_rate": 1e6}
    data = {"inputs": [[0.0], [1.0], [2.0]], "targets": [0.0, 1.0, 5.5]}
    body = {"dataset": data, "network": {"hidden": []}, "optimizer": rate, "epochs": 500}
    job = finished(service_url, **body)
    assert job["stop_reason"] == "diverged"
    page.goto(f"/#/jobs/{job['id']}")
    expect(page.locator(".job-head .notice")).to_have_text(job["error"]["message"])
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)
    expect(section(page, "Diagnosis").locator(".verdict")).to_have_text("too large")


def test_a_job_that_is_not_there(page, faults):
    faults.append("404")
    page.goto("/#/jobs/job_00000000000000000000000000")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not found")


@pytest.mark.parametrize("measure", ["cost", "accuracy"])
def test_jobs_are_compared_in_one_picture(page, service_url, measure):
    first = finished(service_url, name="ten", dataset="iris", epochs=10)
    finished(service_url, name="twenty", dataset="iris", epochs=20)
    page.goto(f"/#/compare?jobs={first['id']}")
    page.get_by_label("Measure").select_option(measure)
    page.get_by_role("checkbox", name="twenty").first.check()
    name = rf"Compared: {measure}\. ten: from .* at epoch 10\. twenty: from .* at epoch 20"
    expect(page.get_by_role("img", name=re.compile(name))).to_be_visible()
    assert epochs_told(page, f"Compared: {measure}") == list(range(21))
    rows = page.get_by_role("group", name="The jobs compared").locator("tbody th")
    expect(rows).to_have_text(["ten", "twenty"])
