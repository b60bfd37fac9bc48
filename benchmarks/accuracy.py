"""How well iris is learnt, over ten seeds."""

from __future__ import annotations

import httpx

from benchmarks.jobs import at_rest, submit
from benchmarks.spread import Spread
from benchmarks.tables import Section, verdict

SEEDS = range(10)
LEAST_MEDIAN = 0.95


def measure(http: httpx.Client) -> Section:
    jobs = [submit(http, dataset="iris", epochs=100, seed=seed) for seed in SEEDS]
    accuracies = [at_rest(http, job)["metrics"]["validation"]["accuracy"] for job in jobs]
    found = Spread.of(accuracies)
    return Section(
        "Accuracy on iris",
        "150 rows, 4 → 16 → 3, Adam, 100 epochs, a fifth of the rows kept out for validation; "
        "one job a seed, seeds 0 to 9.",
        ["validation accuracy, median (least – greatest)", f"at least {LEAST_MEDIAN}"],
        [[found.text(), verdict(found.median >= LEAST_MEDIAN)]],
    )
