"""A real browser, which holds every page to its policy: an error on its console fails the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 15_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a file's tests. Not for the whole run: its event loop is in others' way."""
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        _missing(f"no browser on the path: {', '.join(NAMES)}; apt-get install chromium brings one")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        started = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield started
        started.close()


def _missing(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def faults() -> list[str]:
    """What a test expects on the console; anything else there fails it."""
    return []


@pytest.fixture
def look() -> dict[str, Any]:
    """How the browser is set: to be parametrized with `viewport`, `color_scheme` and the like."""
    return {}


@pytest.fixture
def page(
    browser: Browser, service_url: str, look: dict[str, Any], faults: list[str]
) -> Iterator[Page]:
    """A fresh page, whose paths are the service's."""
    context = browser.new_context(base_url=service_url, reduced_motion="reduce", **look)
    context.set_default_timeout(PATIENCE_MS)
    opened = context.new_page()
    met: list[str] = []
    opened.on("console", lambda message: met.extend(_complaint(message)))
    opened.on("pageerror", lambda error: met.append(f"uncaught: {error}"))
    yield opened
    context.close()
    assert [fault for fault in met if not any(known in fault for known in faults)] == []


def _complaint(message: ConsoleMessage) -> list[str]:
    return [message.text] if message.type in ("error", "warning") else []


@pytest.fixture
def shots() -> Path | None:
    """Where pictures of the pages are to be kept, for people to look at: TEST_SCREENSHOTS."""
    folder = os.environ.get("TEST_SCREENSHOTS")
    return None if folder is None else Path(folder)
