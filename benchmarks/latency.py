"""How long a small job takes from the request to the result, on an idle service."""

from __future__ import annotations

import time
from collections.abc import Mapping

import httpx

from benchmarks.jobs import at_rest, submit
from benchmarks.spread import Spread
from benchmarks.stacks import EMBEDDED, SERVERS
from benchmarks.tables import Section, verdict

REPEATS = 20
WARM_UP = 3
IDLE_SECONDS = 0.2
BARS = {EMBEDDED: 0.6, SERVERS: 0.25}


def measure(http: httpx.Client) -> Spread:
    """Seconds from submission to `succeeded`, of `REPEATS` jobs one after another."""
    seconds = [_one(http) for _ in range(WARM_UP + REPEATS)]
    return Spread.of(seconds[WARM_UP:])


def _one(http: httpx.Client) -> float:
    time.sleep(IDLE_SECONDS)  # the worker has noticed that there is nothing more to do
    began = time.perf_counter()
    job = at_rest(http, submit(http, dataset="iris", epochs=20))
    taken = time.perf_counter() - began
    if job["status"] != "succeeded":
        raise RuntimeError(f"{job['id']} is {job['status']}: {job['error']}")
    return taken


def section(found: Mapping[str, Spread]) -> Section:
    return Section(
        "From submission to result",
        f"A 20-epoch iris job on an idle service, by long poll, {REPEATS} times.",
        ["stack", "milliseconds, median (least – greatest)", "bar", "met"],
        [
            [stack, spread.text(scale=1e3), f"{bar * 1e3:.0f}", verdict(spread.median < bar)]
            for stack, spread in found.items()
            for bar in [BARS[stack]]
        ],
    )
