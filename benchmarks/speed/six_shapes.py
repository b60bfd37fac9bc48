"""What one more epoch takes on six shapes: the engine, its peers and the bare products in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from statistics import geometric_mean

from benchmarks.speed import by_engine, by_products, by_scikit_learn
from benchmarks.speed.shapes import SHAPES, Shape
from benchmarks.speed.turns import ROUNDS, Train, take_turns
from benchmarks.spread import Spread
from benchmarks.tables import Section, verdict

ENGINE, SCIKIT_LEARN, PYTORCH, FLOOR = "descentd", "scikit-learn", "PyTorch", "products"
THREADS = (1, 2)

# How many times as long a peer must take at least: by shape, in the order of SHAPES.
BARS: Mapping[str, Sequence[float]] = {
    SCIKIT_LEARN: (3.0, 3.8, 3.0, 2.0, 1.3, 1.9),
    PYTORCH: (5.0, 6.0, 3.0, 1.5, 1.0, 1.1),
}
BARS_OF_THE_MEAN = {SCIKIT_LEARN: 2.5, PYTORCH: 2.3}
# How many times as long as the bare products the engine may take at most.
FLOOR_BARS = {"mnist-like": 1.5, "wide": 1.5}

# Seconds by round, by who trained; and that by threads and by shape.
Rounds = Mapping[str, Sequence[float]]
Found = Mapping[int, Mapping[str, Rounds]]


def measure() -> list[Section]:
    by_shape = {shape.name: take_turns(shape, _hands(), THREADS) for shape in SHAPES}
    found = {
        threads: {name: turns[threads] for name, turns in by_shape.items()} for threads in THREADS
    }
    peers = [_against_peers(threads, found[threads]) for threads in THREADS]
    return [*peers, _against_the_floor(found), _by_threads(found)]


def _hands() -> dict[str, Train]:
    hands: dict[str, Train] = {ENGINE: by_engine.train, SCIKIT_LEARN: by_scikit_learn.train}
    if find_spec("torch"):
        from benchmarks.speed import by_torch

        hands[PYTORCH] = by_torch.train
    return {**hands, FLOOR: by_products.train}


def _against_peers(threads: int, found: Mapping[str, Rounds]) -> Section:
    peers = [peer for peer in BARS if all(peer in rounds for rounds in found.values())]
    columns = [name for peer in peers for name in (f"{peer} ÷ {ENGINE}", "bar", "met")]
    rows = [_row(place, shape, peers, found) for place, shape in enumerate(SHAPES)]
    return Section(
        f"One further epoch, {threads} {'thread' if threads == 1 else 'threads'}",
        "Rows×features→hidden→outputs (batch); relu, Adam, float32, single process, the same "
        "number of threads for all. Reported each epoch: cost, accuracy and gradient norm "
        "(scikit-learn: cost). (Time of 1 + n epochs − time of 1) / n, in "
        f"{ROUNDS} rounds, each of them one after another; a ratio is of the same round. Median "
        "(least – greatest).",
        ["shape", f"{ENGINE}, ms", *columns],
        [*rows, _row_of_means(peers, found)],
    )


def _row(place: int, shape: Shape, peers: Sequence[str], found: Mapping[str, Rounds]) -> list[str]:
    rounds = found[shape.name]
    cells = [shape.text(), Spread.of(rounds[ENGINE]).text(scale=1e3)]
    for peer in peers:
        ratio, bar = Spread.of_ratios(rounds[peer], rounds[ENGINE]), BARS[peer][place]
        cells += [ratio.text(), f"≥ {bar}", verdict(ratio.median >= bar)]
    return cells


def _row_of_means(peers: Sequence[str], found: Mapping[str, Rounds]) -> list[str]:
    cells = ["geometric mean", ""]
    for peer in peers:
        ratios = [
            Spread.of_ratios(rounds[peer], rounds[ENGINE]).median for rounds in found.values()
        ]
        mean, bar = geometric_mean(ratios), BARS_OF_THE_MEAN[peer]
        cells += [f"{mean:.2f}", f"≥ {bar}", verdict(mean >= bar)]
    return cells


def _against_the_floor(found: Found) -> Section:
    return Section(
        "As a multiple of the bare matrix products",
        "The same rounds: an epoch of the engine over the time of its matrix products alone, in "
        "memory allocated once. No library can go below 1 on this linear algebra. "
        "Median (least – greatest).",
        ["shape", *(f"{threads} thread{'s' * (threads > 1)}" for threads in found), "bar", "met"],
        [_floor_row(shape.name, found) for shape in SHAPES],
    )


def _floor_row(name: str, found: Found) -> list[str]:
    ratios = [
        Spread.of_ratios(shapes[name][ENGINE], shapes[name][FLOOR]) for shapes in found.values()
    ]
    cells = [name, *(ratio.text() for ratio in ratios)]
    if name not in FLOOR_BARS:
        return [*cells, "", ""]
    bar = FLOOR_BARS[name]
    met = ", ".join(verdict(ratio.median <= bar) for ratio in ratios)
    return [*cells, f"≤ {bar}", met]


def _by_threads(found: Found) -> Section:
    one, two = (found[threads] for threads in THREADS)
    return Section(
        "What a second thread brings the engine",
        "The same rounds. Two processes of one thread each do twice the work of one, so a "
        "second thread pays for a worker only where this nears 2. Median (least – greatest).",
        ["shape", "1 thread, ms", "2 threads, ms", "times as fast"],
        [_threads_row(shape.name, one, two) for shape in SHAPES],
    )


def _threads_row(name: str, one: Mapping[str, Rounds], two: Mapping[str, Rounds]) -> list[str]:
    alone, together = one[name][ENGINE], two[name][ENGINE]
    milliseconds = [Spread.of(times).text(scale=1e3) for times in (alone, together)]
    return [name, *milliseconds, Spread.of_ratios(alone, together).text()]
