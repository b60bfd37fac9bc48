"""Long histories: a few points of one, and all of it."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import httpx

from benchmarks.http import written
from benchmarks.http.running import Stand
from benchmarks.tables import Section, verdict

EPOCHS = 100_000
REPEATS = 40
WHOLE_REPEATS = 5
POINTS_MS, WHOLE_MS, WHOLE_MB = 60, 400, 60


def measure(stand: Stand) -> Section:
    claim = written.running_job(stand.sessions)
    for first in range(0, EPOCHS, 1_000):
        written.write(stand.sessions, claim, range(first, first + 1_000))
    path, process = f"/v1/jobs/{claim.job_id}/history", stand.api_process()
    with stand.client() as http:
        points = _milliseconds(http, f"{path}?points=500", REPEATS)
        before = _peak_kb(process, reset=True)
        whole = _milliseconds(http, f"{path}?limit={EPOCHS}&layout=columns", WHOLE_REPEATS)
        grown = (_peak_kb(process) - before) / 1024
    p95, median = statistics.quantiles(points, n=20)[-1], statistics.median(whole)
    return Section(
        "A history of 100,000 epochs",
        f"Postgres, keys on, one client. Points: p95 of {REPEATS}; all rows as columns of JSON: "
        f"median of {WHOLE_REPEATS}, and how far the API's memory rose above what it was before.",
        ["what", "measured", "bar", "met"],
        [
            ["points=500", f"{p95:.0f} ms", f"< {POINTS_MS} ms", verdict(p95 < POINTS_MS)],
            ["all rows", f"{median:.0f} ms", f"< {WHOLE_MS} ms", verdict(median < WHOLE_MS)],
            ["memory", f"{grown:.0f} MB", f"< {WHOLE_MB} MB", verdict(grown < WHOLE_MB)],
        ],
    )


def _milliseconds(http: httpx.Client, path: str, repeats: int) -> list[float]:
    http.get(path).raise_for_status()
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        http.get(path).raise_for_status()
        taken.append((time.perf_counter() - began) * 1e3)
    return taken


def _peak_kb(process: int, reset: bool = False) -> int:
    """The greatest resident memory since the last reset."""
    if reset:
        Path(f"/proc/{process}/clear_refs").write_text("5")
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
