"""What a reader's first visit costs: bytes over the wire, and the time to the first curve."""

from __future__ import annotations

import shutil
import statistics
from typing import TYPE_CHECKING

from benchmarks.http.running import Stand
from benchmarks.jobs import at_rest, submit
from benchmarks.tables import Section, verdict

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
ROUNDS = 7
MOST_KB, MOST_SECONDS = 200, 1.0
PATIENCE_MS = 30_000
# A page, and what of it is a curve with its points drawn
LIST, JOB = "the list of jobs", "a job"
CURVES = {
    LIST: "document.querySelector('svg.spark polyline') !== null",
    JOB: "[...document.querySelectorAll('.chart-canvas canvas')].some(canvas => canvas.width && "
    "canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean))",
}
# Before anything of the page runs: from then on it looks at each frame whether a curve is there.
# A promise, since the page's policy lets nobody wait for a text of JavaScript.
LOOK = """
window.firstCurve = new Promise((resolve, reject) => {{
  (function look() {{
    if (performance.now() > {patience}) reject(new Error("no curve came"));
    else if (document.documentElement && {curve}) resolve(performance.now());
    else requestAnimationFrame(look);
  }})();
}});
"""
SENT = """
['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
  .reduce((sum, each) => sum + each.transferSize, 0)
"""


def measure(stand: Stand) -> list[Section]:
    """Nothing, said in a line, where there is no browser."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        print("the first load is left out: playwright is not installed", flush=True)
        return []
    if executable is None:
        print("the first load is left out: there is no Chromium on the path", flush=True)
        return []
    with stand.client() as http:
        job_id = submit(http, dataset="iris", epochs=200)
        at_rest(http, job_id)
    pages = {LIST: "", JOB: f"#/jobs/{job_id}"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        visits = {name: _visits(browser, stand, name, path) for name, path in pages.items()}
        browser.close()
    return [_section(visits)]


def _visits(browser: Browser, stand: Stand, name: str, path: str) -> list[tuple[int, float]]:
    _visit(browser, stand, name, path)  # the service's own first answers are not the page's
    return [_visit(browser, stand, name, path) for _ in range(ROUNDS)]


def _visit(browser: Browser, stand: Stand, name: str, path: str) -> tuple[int, float]:
    """Bytes over the wire and seconds until the curve is there, of a browser that keeps nothing."""
    context = browser.new_context(base_url=stand.url)
    try:
        signed_in = context.request.post("/v1/session", data={"key": stand.key})
        if not signed_in.ok:
            raise RuntimeError(f"not signed in: {signed_in.status} {signed_in.text()}")
        page = context.new_page()
        page.add_init_script(LOOK.format(curve=CURVES[name], patience=PATIENCE_MS))
        page.goto(f"/{path}")
        seconds = float(page.evaluate("window.firstCurve")) / 1e3
        return int(page.evaluate(SENT)), seconds
    finally:
        context.close()


def _section(visits: dict[str, list[tuple[int, float]]]) -> Section:
    rows = []
    for name, each in visits.items():
        sent = max(size for size, _ in each) / 1e3
        taken = statistics.median(seconds for _, seconds in each)
        fits, is_soon = verdict(sent < MOST_KB), verdict(taken < MOST_SECONDS)
        rows.append([f"{name}: over the wire", f"{sent:.0f} kB", f"< {MOST_KB} kB", fits])
        rows.append([f"{name}: first curve", f"{taken:.2f} s", f"< {MOST_SECONDS:g} s", is_soon])
    return Section(
        "The dashboard, first load",
        "Chromium, signed in by its cookie, with an empty cache each time. Bytes: the page, its "
        "files and what it asks of the service until the first curve is drawn, heads included, the "
        f"most of {ROUNDS} visits. Time: from the navigation to that curve, median of {ROUNDS}.",
        ["what", "measured", "bar", "met"],
        rows,
    )
