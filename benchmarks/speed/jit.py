"""The engine against a compiler: 20 epochs, from nothing, with what compiling takes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.speed.shapes import SHAPES, Shape, shape_of
from benchmarks.spread import Spread
from benchmarks.tables import Section, verdict

EPOCHS = 20
ROUNDS = 5
THREADS = (1, 2)

# Seconds by round, of the engine and of JAX.
Rounds = Mapping[str, list[float]]


def measure() -> list[Section]:
    found = {threads: _on_so_many_cores(threads) for threads in THREADS}
    return [
        Section(
            f"{EPOCHS} epochs against JAX",
            f"Seconds for {EPOCHS} epochs from the start: for JAX with its compilation, which "
            "every new process pays, for the engine with all that it sets up. JAX compiles a "
            "whole epoch into one function. Both in one process that may use so many cores, in "
            f"{ROUNDS} rounds, one after the other; a ratio is of the same round. Median (least "
            "– greatest).",
            ["shape", "threads", "descentd, s", "JAX, s", "JAX ÷ descentd", "faster"],
            [_row(shape, threads, found) for shape in SHAPES for threads in THREADS],
        )
    ]


def _row(shape: Shape, threads: int, found: Mapping[int, Mapping[str, Rounds]]) -> list[str]:
    engine, jax = (found[threads][shape.name][name] for name in ("engine", "jax"))
    ratio = Spread.of_ratios(jax, engine)
    times = [Spread.of(seconds).text() for seconds in (engine, jax)]
    return [shape.text(), str(threads), *times, ratio.text(), verdict(ratio.median > 1)]


def _on_so_many_cores(threads: int) -> dict[str, Rounds]:
    """By shape; in a new process, for JAX takes as many threads as it finds cores."""
    with ProcessPoolExecutor(
        1, get_context("spawn"), initializer=_keep_to, initargs=(threads,)
    ) as process:
        return {shape.name: process.submit(_rounds, shape.name).result() for shape in SHAPES}


def _keep_to(threads: int) -> None:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    os.environ["JAX_PLATFORMS"] = "cpu"


def _rounds(name: str) -> Rounds:
    from benchmarks.speed import by_engine, by_jax
    from benchmarks.speed.turns import limited, seconds

    shape = shape_of(name)
    found: dict[str, list[float]] = {"engine": [], "jax": []}
    rows, hands = shape.draw(), {"engine": by_engine.train, "jax": by_jax.train}
    with limited(len(os.sched_getaffinity(0))):
        for train in hands.values():
            train(shape, rows, 1)
        for _ in range(ROUNDS):
            for hand, train in hands.items():
                found[hand].append(seconds(train, shape, rows, EPOCHS))
    return found
