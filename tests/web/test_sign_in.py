"""A service that asks for keys, in the browser."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from examples.running import service


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("guarded")


@pytest.fixture(scope="module")
def service_url(data_dir):
    settings = {"DESCENTD_AUTH": "keys"}
    with service("--workers", "1", "--data-dir", str(data_dir), settings=settings) as running:
        yield running.url


@pytest.fixture(scope="module")
def key(service_url, data_dir):
    command = [Path(sys.executable).with_name("descentd"), "keys", "create"]
    made = subprocess.run(
        [*command, "--data-dir", str(data_dir)], capture_output=True, text=True, check=True
    )
    return made.stdout.split()[-1]


@pytest.fixture
def faults():
    return ["401"]


def sign_in(page, key):
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Sign in").click()


def test_a_key_opens_the_pages_and_is_forgotten_at_the_end(page, key):
    page.goto("/#/datasets")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in(page, key)
    expect(page.get_by_role("heading", level=1)).to_have_text("Datasets")
    assert key not in page.content()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Datasets")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.parametrize("wrong", ["dsk_" + "a" * 43, "not a key", "ключ"])
def test_a_key_that_is_none_is_refused_in_words(page, wrong):
    page.goto("/")
    sign_in(page, wrong)
    expect(page.get_by_role("alert")).not_to_be_empty()
    expect(page.get_by_label("API key")).to_be_focused()
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()


def test_a_job_is_followed_and_its_files_are_taken_with_the_key(page, key, service_url):
    sent = {"dataset": "iris", "name": "mine", "epochs": 60}
    header = {"Authorization": f"Bearer {key}"}
    job = httpx.post(f"{service_url}/v1/jobs", json=sent, headers=header).json()
    page.goto(f"/#/jobs/{job['id']}")
    sign_in(page, key)
    expect(page.locator(".job-head .badge")).to_have_text("succeeded")
    expect(page.get_by_role("img", name=re.compile("at epoch 60"))).not_to_have_count(0)
    expect(page.locator(".surface img")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download Model as npz").click()
    assert Path(download.value.path()).read_bytes().startswith(b"PK")
    page.get_by_text("curl: this job").click()
    command = page.get_by_label("curl: this job", exact=True)
    expect(command).to_contain_text("Bearer $DESCENTD_API_KEY")
    expect(command).not_to_contain_text(key)


def test_a_script_of_the_page_cannot_read_what_lets_it_in(page, key):
    page.goto("/")
    sign_in(page, key)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    held = "[document.cookie, ...Object.values(localStorage), ...Object.values(sessionStorage)]"
    assert not [text for text in page.evaluate(held) if key in text or cookie["value"] in text]


def test_signing_in_anew_in_another_tab_leaves_this_one_able_to_change_things(page, key, faults):
    faults.append("403")  # of the token of before, which the page then asks for anew
    page.goto("/#/new")
    sign_in(page, key)
    expect(page.get_by_role("heading", level=1)).to_have_text("New job")
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Sign out").click()
    sign_in(other, key)
    expect(other.get_by_role("button", name="Sign out")).to_be_visible()
    page.get_by_role("button", name="Train").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("New job")
