"""Many jobs at once, from several clients: every one succeeds, with its whole history."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from benchmarks.jobs import at_rest, history, submit
from benchmarks.tables import Section

CLIENTS = 10
JOBS_EACH = 5
EPOCHS = 20


@dataclass(frozen=True)
class Burst:
    """What became of the jobs: how many succeeded, how many told every epoch, and the seconds."""

    jobs: int
    succeeded: int
    complete: int
    seconds: float


def measure(http: httpx.Client) -> Burst:
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        batches = list(clients.map(lambda number: _client(http.base_url, number), range(CLIENTS)))
    seconds = time.perf_counter() - began
    results = [result for batch in batches for result in batch]
    succeeded = sum(status == "succeeded" for status, _ in results)
    complete = sum(epochs == list(range(EPOCHS + 1)) for _, epochs in results)
    return Burst(len(results), succeeded, complete, seconds)


def _client(url: httpx.URL, number: int) -> list[tuple[str, list[int]]]:
    with httpx.Client(base_url=url, timeout=90, trust_env=False) as http:
        seeds = range(number * JOBS_EACH, (number + 1) * JOBS_EACH)
        jobs = [submit(http, dataset="iris", epochs=EPOCHS, seed=seed) for seed in seeds]
        return [(at_rest(http, job)["status"], history(http, job)["epoch"]) for job in jobs]


def section(found: Mapping[str, Burst]) -> Section:
    return Section(
        "Many jobs at once",
        f"{CLIENTS} clients submit {JOBS_EACH} jobs of {EPOCHS} epochs each, "
        "wait for them, and read each history.",
        ["stack", "jobs", "succeeded", "history complete", "seconds for all"],
        [
            [
                stack,
                *map(str, (burst.jobs, burst.succeeded, burst.complete)),
                f"{burst.seconds:.2f}",
            ]
            for stack, burst in found.items()
        ],
    )
