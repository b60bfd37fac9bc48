"""Data by hand: a file becomes a dataset, or its faults are told."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

ROWS = "island,mass,species\n" + "Dream,3700,Adelie\nBiscoe,5000,Gentoo\n" * 30


def csv(name, text):
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def test_a_file_is_uploaded_looked_at_trained_on_and_deleted(page):
    page.goto("/#/datasets")
    page.get_by_label("A file of CSV").set_input_files(csv("by-hand.csv", ROWS))
    expect(page.get_by_role("heading", level=1)).to_have_text("by-hand.csv")
    columns = page.get_by_role("group", name="Columns in a table").get_by_role("row")
    expect(columns).to_have_count(4)
    expect(columns.nth(2)).to_contain_text("mass")
    expect(columns.nth(2).get_by_role("cell")).to_contain_text(
        ["number", "3,700", "5,000", "4,350"]
    )
    expect(columns.nth(3)).to_contain_text("target")
    page.get_by_role("link", name="Train on it").click()
    expect(page.locator(".verdict-line")).to_contain_text("parameters")
    page.go_back()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Datasets")
    expect(page.get_by_role("link", name="by-hand.csv")).to_have_count(0)


def test_a_file_is_dropped_on_the_page(page):
    page.goto("/#/datasets")
    transfer = page.evaluate_handle(
        """text => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], "dropped.csv", { type: "text/csv" }));
          return transfer;
        }""",
        ROWS,
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": transfer})
    expect(page.get_by_role("heading", level=1)).to_have_text("dropped.csv")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (csv("ragged.csv", "a,b\n1,2\n3\n"), "line 3"),
        (csv("picture.png", "no"), "must end in one of csv"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(page, faults, file, words):
    faults.append("422")
    page.goto("/#/datasets")
    page.get_by_label("A file of CSV").set_input_files(file)
    expect(page.locator(".drop [role=alert]")).to_contain_text(words)
