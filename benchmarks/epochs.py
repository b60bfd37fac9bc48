"""What one more epoch costs: the engine and its peers in turn, within one run."""

from __future__ import annotations

import time

from threadpoolctl import threadpool_limits

from benchmarks.peers import BATCH_SIZE, ENGINE, Problem, Train, hands, problems
from benchmarks.spread import Spread
from benchmarks.tables import Section, verdict

ROUNDS = 11
# Enough for an epoch to be measured well, few enough for every round to be over soon.
EPOCHS = {"iris": 150, "digits": 20}


def measure() -> list[Section]:
    """One section for each data set; threads are limited as in a worker."""
    with threadpool_limits(1):
        return [_section(problem) for problem in problems()]


def _section(problem: Problem) -> Section:
    trainers = hands()
    epochs = EPOCHS[problem.name]
    rounds: dict[str, list[float]] = {name: [] for name in trainers}
    for train in trainers.values():
        train(problem, 1)  # what is imported or compiled at first use is no part of an epoch
    for _ in range(ROUNDS):
        for name, train in trainers.items():
            rounds[name].append(_seconds_of_an_epoch(train, problem, epochs))
    return Section(
        f"One further epoch on {problem.name}",
        f"{problem.shape}, tanh, Adam, batches of {BATCH_SIZE}, float32, one thread; "
        f"(time of {2 * epochs} epochs − time of {epochs}) / {epochs}, in {ROUNDS} rounds, "
        "each of them one after another. A ratio is of the same round. Above 1: the engine is "
        "faster.",
        ["", "ms an epoch, median (least – greatest)", f"ratio to {ENGINE}", "engine faster"],
        [_row(name, rounds) for name in trainers],
    )


def _seconds_of_an_epoch(train: Train, problem: Problem, epochs: int) -> float:
    short, long = (_seconds(train, problem, count) for count in (epochs, 2 * epochs))
    return (long - short) / epochs


def _seconds(train: Train, problem: Problem, epochs: int) -> float:
    began = time.perf_counter()
    train(problem, epochs)
    return time.perf_counter() - began


def _row(name: str, rounds: dict[str, list[float]]) -> list[str]:
    milliseconds = Spread.of(rounds[name]).text(scale=1e3)
    if name == ENGINE:
        return [name, milliseconds, "", ""]
    ratio = Spread.of(a / b for a, b in zip(rounds[name], rounds[ENGINE], strict=True))
    return [name, milliseconds, ratio.text(), verdict(ratio.median > 1)]
