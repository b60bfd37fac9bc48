"""Every page as people have it: light, dark, narrow; held to axe, and by eye where asked for."""

from __future__ import annotations

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

NARROW = {"viewport": {"width": 400, "height": 800}}
LOOKS = [
    pytest.param({"color_scheme": "light"}, id="light"),
    pytest.param({"color_scheme": "dark", **NARROW}, id="dark-narrow"),
    pytest.param({"color_scheme": "dark"}, id="dark", marks=pytest.mark.verify),
    pytest.param({"color_scheme": "light", **NARROW}, id="narrow", marks=pytest.mark.verify),
]
ONLY_FAULTS = {"resultTypes": ["violations"]}
GRAVE = ("serious", "critical")
CSV = "island,mass,species\n" + "Dream,3700,Adelie\nBiscoe,5000,Gentoo\n" * 30


@pytest.fixture(scope="module")
def paths(service_url):
    """Where each page is, of a job that is done and a dataset that came."""
    with httpx.Client(base_url=service_url, timeout=40) as client:
        body = {"dataset": "iris", "name": "iris", "epochs": 40}
        job = client.post("/v1/jobs", json=body).json()
        client.get(f"/v1/jobs/{job['id']}?wait=30")
        kind = {"Content-Type": "text/csv"}
        sent = client.post("/v1/datasets?name=islands.csv", content=CSV, headers=kind)
        dataset = sent.json()
    return {
        "jobs": "#/jobs",
        "job": f"#/jobs/{job['id']}",
        "new": "#/new",
        "compare": f"#/compare?jobs={job['id']}",
        "datasets": "#/datasets",
        "dataset": f"#/datasets/{dataset['id']}",
        "nowhere": "#/nowhere",
    }


SHOWN = {
    "jobs": "svg.spark",
    "job": ".surface img",
    "new": ".verdict-line:not(:empty)",
    "compare": ".chart-canvas canvas",
    "datasets": ".drop",
    "dataset": ".badge",
    "nowhere": "h1",
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_can_be_read_by_all(page, paths, look, shots, request):
    for name, path in paths.items():
        page.goto("about:blank")
        page.goto(f"/{path}")
        expect(page.locator(SHOWN[name]).first).to_be_visible()
        if shots is not None:
            shots.mkdir(parents=True, exist_ok=True)
            place = shots / f"{name}-{request.node.callspec.id}.png"
            page.screenshot(path=place, full_page=True)
        page.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
        grave = [
            (found["id"], [node["html"] for node in found["nodes"]])
            for found in Axe().run(page, options=ONLY_FAULTS).response["violations"]
            if found["impact"] in GRAVE
        ]
        assert grave == [], name
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], name


def test_the_first_load_is_small_and_asks_nobody_else(page, paths, service_url):
    page.goto(f"/{paths['job']}")
    expect(page.locator(".chart-canvas canvas").first).to_be_visible()
    loads = page.evaluate(
        "['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))"
        ".map(each => [each.name, each.transferSize])"
    )
    assert all(name.startswith((service_url, "blob:")) for name, _ in loads)
    assert 0 < sum(size for _, size in loads) < 200_000


def test_the_pages_are_gone_through_by_keyboard(page, paths):
    page.goto("/#/jobs")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.get_by_role("link", name="iris", exact=True).first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.title() == "iris · descentd"
