"""What it costs to report an epoch: sums, norms, accuracy, records, the path."""

from __future__ import annotations

from benchmarks.speed import by_engine
from benchmarks.speed.shapes import Shape, shape_of
from benchmarks.speed.turns import take_turns
from benchmarks.spread import Spread
from benchmarks.tables import Section, verdict

ROUNDS = 9
BARS = {"iris": 0.15, "mnist-like": 0.03}


def measure() -> list[Section]:
    return [
        Section(
            "What history and diagnosis cost",
            "One further epoch of training, against the same batches gathered and stepped by "
            "backprop and descent with nothing kept for a record; one thread, in "
            f"{ROUNDS} rounds, one after the other. The share of the epoch that is bookkeeping "
            "is of the same round. Median (least – greatest).",
            ["shape", "epoch, ms", "steps alone, ms", "bookkeeping", "bar", "met"],
            [_row(shape_of(name), bar) for name, bar in BARS.items()],
        )
    ]


def _row(shape: Shape, bar: float) -> list[str]:
    hands = {"whole": by_engine.train, "bare": by_engine.step_only}
    rounds = take_turns(shape, hands, (1,), ROUNDS)[1]
    whole, bare = rounds["whole"], rounds["bare"]
    share = Spread.of(1.0 - alone / epoch for epoch, alone in zip(whole, bare, strict=True))
    times = [Spread.of(seconds).text(scale=1e3) for seconds in (whole, bare)]
    cells = [shape.text(), *times, share.text(scale=100.0, unit=" %")]
    return [*cells, f"≤ {bar:.0%}", verdict(share.median <= bar)]
