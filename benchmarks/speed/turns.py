"""Who trains, in turn, with how many threads, and for how long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec

from threadpoolctl import threadpool_limits

from benchmarks.speed.shapes import Rows, Shape

Train = Callable[[Shape, Rows, int], None]

ROUNDS = 5
WARM_UP_EPOCHS = 1


@contextmanager
def limited(threads: int) -> Iterator[None]:
    """So many threads for everyone: numpy's and scikit-learn's linear algebra, and PyTorch."""
    with threadpool_limits(threads):
        if find_spec("torch"):
            import torch

            torch.set_num_threads(threads)
        yield


def take_turns(
    shape: Shape, hands: Mapping[str, Train], threads: tuple[int, ...], rounds: int = ROUNDS
) -> dict[int, dict[str, list[float]]]:
    """Seconds of one further epoch, round after round, by threads and by who trained.

    In every round each has its turn, with each number of threads.
    """
    rows = shape.draw()
    found: dict[int, dict[str, list[float]]] = {
        count: {name: [] for name in hands} for count in threads
    }
    for number in range(-1, rounds):
        for count in threads:
            with limited(count):
                for name, train in hands.items():
                    if number < 0:
                        train(shape, rows, WARM_UP_EPOCHS)
                    else:
                        found[count][name].append(seconds_of_an_epoch(train, shape, rows))
    return found


def seconds_of_an_epoch(train: Train, shape: Shape, rows: Rows) -> float:
    """(Time of 1 + n epochs − time of 1) / n: what is set up once counts for nobody."""
    first, all_of_them = (seconds(train, shape, rows, 1 + n) for n in (0, shape.further))
    return (all_of_them - first) / shape.further


def seconds(train: Train, shape: Shape, rows: Rows, epochs: int) -> float:
    began = time.perf_counter()
    train(shape, rows, epochs)
    return time.perf_counter() - began
