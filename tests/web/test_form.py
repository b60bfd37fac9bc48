"""The form for a job: made from /openapi.json, judged by the service, each fault at its place."""

from __future__ import annotations

import json

import httpx
import pytest
from playwright.sync_api import expect

EXAMPLES = ["Iris", "A line", "XOR", "Moons", "Spirals", "Too large a step", "Digits"]


@pytest.fixture
def form(page):
    page.goto("/#/new")
    expect(page.locator(".verdict-line")).to_contain_text("131 parameters")
    return page


def sent(page):
    return json.loads(page.get_by_label("The body as JSON").inner_text())


def folded_out(page):
    page.evaluate("document.querySelectorAll('form details').forEach(box => box.open = true)")


def test_every_member_of_the_schema_has_a_field(form, service_url):
    schemas = httpx.get(f"{service_url}/openapi.json").json()["components"]["schemas"]
    folded_out(form)
    fields = form.locator("form label, form legend, form .label").all_inner_texts()
    for schema in ("JobBody", "Network", "Optimizer", "Stop"):
        names = {name.replace("_", " ") for name in schemas[schema]["properties"]}
        assert names <= {text.removesuffix(" (JSON)") for text in fields}, schema


def test_what_is_allowed_and_what_holds_by_default_is_told_from_the_schema(form):
    epochs = form.get_by_label("epochs", exact=True)
    expect(epochs).to_have_accessible_description("A whole number, at least 1, at most 1e7.")
    epochs.fill("")
    assert "epochs" not in sent(form)
    expect(epochs).to_have_attribute("placeholder", "100")
    task = form.get_by_label("task", exact=True).locator("option").first
    expect(task).to_have_text("default: multiclass")  # as the service filled it in
    assert form.get_by_label("cost", exact=True).locator("option").all_inner_texts()[1:] == [
        "auto",
        "mse",
        "mae",
        "huber",
        "binary_cross_entropy",
        "cross_entropy",
    ]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_job_that_could_be_sent(form, example):
    with form.expect_response("**/v1/jobs?validate_only=true") as judged:
        form.get_by_role("button", name=example, exact=True).click()
        form.get_by_label("name", exact=True).fill("another")
    assert judged.value.ok
    assert form.locator("form [aria-invalid]").count() == 0


def test_each_fault_stands_beside_its_field(form, faults):
    faults.append("422")
    form.get_by_label("epochs", exact=True).fill("0")
    form.get_by_label("units", exact=True).fill("many")
    form.get_by_label("dataset: name or id").fill("ds_nowhere")
    folded_out(form)
    form.get_by_label("momentum", exact=True).fill("2")
    expect(form.locator(".verdict-line")).to_contain_text("fault")
    for label, words in [
        ("epochs", "at least 1"),
        ("units", "must be"),
        ("momentum", "below 1"),
    ]:
        field = form.get_by_label(label, exact=True)
        expect(field).to_have_attribute("aria-invalid", "true")
        assert words in field.evaluate(
            "e => e.getAttribute('aria-describedby').split(' ')"
            ".map(id => document.getElementById(id)?.textContent).join(' ')"
        )
    form.get_by_label("momentum", exact=True).fill("")
    form.get_by_label("units", exact=True).fill("8")
    form.get_by_label("epochs", exact=True).fill("5")
    expect(form.get_by_label("dataset: name or id")).to_have_attribute("aria-invalid", "true")
    form.get_by_label("dataset: name or id").fill("iris")
    expect(form.locator("form [aria-invalid]")).to_have_count(0)


def test_a_fault_at_submission_takes_the_focus(form, faults):
    faults.append("422")
    form.get_by_label("epochs", exact=True).fill("none")
    form.get_by_role("button", name="Train").click()
    expect(form.get_by_label("epochs", exact=True)).to_be_focused()


def test_layers_are_added_and_taken_away_by_keyboard(form):
    add = form.get_by_role("button", name="Add one to hidden")
    add.focus()
    form.keyboard.press("Enter")
    expect(form.get_by_label("units", exact=True).nth(1)).to_be_focused()
    form.keyboard.type("4")
    assert [layer["units"] for layer in sent(form)["network"]["hidden"]] == [16, 4]
    form.get_by_role("button", name="Remove 1 from hidden").press("Enter")
    expect(add).to_be_focused()
    assert [layer["units"] for layer in sent(form)["network"]["hidden"]] == [4]
    form.get_by_role("button", name="Remove 1 from hidden").press("Enter")
    assert sent(form)["network"] == {"hidden": []}


def test_a_choice_shows_the_fields_of_what_is_chosen(form):
    form.get_by_label("learning rate", exact=True).select_option(label="schedule")
    schedule = form.get_by_role("group", name="schedule")
    schedule.get_by_label("kind").select_option("cosine")
    schedule.get_by_label("initial", exact=True).fill("0.05")
    expected = {"kind": "cosine", "initial": 0.05}
    assert sent(form)["optimizer"] == {"learning_rate": expected}
    form.get_by_label("learning rate", exact=True).select_option(label="auto")
    assert sent(form)["optimizer"] == {"learning_rate": "auto"}
    form.get_by_label("batch size", exact=True).select_option(label="null")
    assert sent(form)["batch_size"] is None


def test_the_command_that_is_shown_sends_the_same(form):
    form.get_by_label("name", exact=True).fill("it's")
    form.get_by_text("curl: send this job").click()
    command = form.get_by_label("curl: send this job", exact=True).inner_text()
    assert "/v1/jobs'" in command
    assert '"name": "it\'\\\'\'s"' in command


def test_a_job_is_sent_again_with_what_it_was_filled_in_with(form, service_url):
    body = {"dataset": "iris", "name": "before", "epochs": 3, "l2": 0.01, "batch_size": None}
    job = httpx.post(f"{service_url}/v1/jobs", json=body).json()
    with form.expect_response("**/v1/jobs?validate_only=true") as judged:
        form.goto(f"/#/new?job={job['id']}")
    assert judged.value.ok, judged.value.text()
    again = sent(form)
    assert again["name"] == "before"
    for name in ("epochs", "l2", "batch_size", "seed", "optimizer", "network"):
        assert again[name] == job["spec"][name], name
