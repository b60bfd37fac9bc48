"""How often the diagnosis is right, on runs whose trouble is known from how they were made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from threadpoolctl import threadpool_limits

from benchmarks.labelled_runs import Labelled
from benchmarks.labelled_table import labelled_runs
from benchmarks.tables import Section, verdict
from engine.diagnosis import diagnose

VERDICTS = ("too_large", "too_small", "converged", "overfitting", "healthy")
# The rules were written on seeds 0 to 4, and tried on some from 100 to 600 on the way.
SEEDS = range(800, 805)
LEAST_RIGHT = 0.95

# (the verdict deserved, the verdict given) → how often
Confusion = Counter[tuple[str, str]]


def measure() -> list[Section]:
    with threadpool_limits(1):
        return [_section(confusion(labelled_runs(), SEEDS))]


def confusion(runs: Iterable[Labelled], seeds: Iterable[int]) -> Confusion:
    """Every run with every seed, diagnosed."""
    return Counter(
        (run.verdict, diagnose(*run.run(seed)).verdict) for run in runs for seed in seeds
    )


def share_right(found: Confusion, deserved: Iterable[str] = VERDICTS) -> float:
    """The share of right verdicts among the runs that deserve one of `deserved`."""
    chosen = set(deserved)
    counted = {pair: count for pair, count in found.items() if pair[0] in chosen}
    right = sum(count for (known, given), count in counted.items() if known == given)
    return right / sum(counted.values())


def _section(found: Confusion) -> Section:
    right = share_right(found)
    return Section(
        "Diagnosis of known troubles",
        f"{found.total()} runs, each of {found.total() // len(SEEDS)} set-ups with seeds "
        f"{SEEDS[0]} to {SEEDS[-1]}, none of which was used when writing the rules. A row for "
        "each known trouble, a column for each verdict given. At least "
        f"{LEAST_RIGHT:.0%} right: {verdict(right >= LEAST_RIGHT)}, {right:.1%}.",
        ["deserved", *VERDICTS, "right"],
        [_row(found, deserved) for deserved in VERDICTS],
    )


def _row(found: Confusion, deserved: str) -> list[str]:
    given = [str(found[deserved, one]) for one in VERDICTS]
    return [deserved, *given, f"{share_right(found, [deserved]):.1%}"]
