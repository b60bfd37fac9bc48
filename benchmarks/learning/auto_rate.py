"""Does `learning_rate: auto` end near the best that could have been chosen by hand?"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.learning.pairs import Pair, pairs
from benchmarks.speed.turns import limited
from benchmarks.tables import Section, verdict
from engine.constraints import LEARNING_RATES
from engine.filling import fill
from engine.preparing import prepare
from engine.spec import from_dict
from engine.table import Table
from engine.training import Training

BY_HAND = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
KINDS = ("adam", "gradient_descent", "momentum")
JUDGED = "adam"
LEAST_NEAR = 8
AUTO = ("auto (its rate)", "near")
UNVALIDATED = ("auto, no validation", "usual, no validation")
FACTOR, SHARE_OF_THE_START = 1.2, 0.02


@dataclass(frozen=True)
class Tried:
    """Costs J: at the start, and at the end by learning rate; a run that diverged ends at ∞."""

    start: float
    by_hand: dict[float, float]
    auto: float
    auto_rate: float
    usual: float

    @property
    def bar(self) -> float:
        return FACTOR * min(self.by_hand.values()) + SHARE_OF_THE_START * self.start


def measure() -> list[Section]:
    with limited(1):
        jobs = {kind: _try_all(kind, {}) for kind in KINDS}
        plain = {kind: _try_all(kind, {"validation": None}) for kind in KINDS}
    return [_summary(jobs, plain), *(_details(kind, jobs[kind]) for kind in KINDS)]


def _try_all(kind: str, changes: dict[str, Any]) -> dict[str, Tried]:
    """Every pair, its job body with these changes."""
    return {
        pair.name: _try(dataclasses.replace(pair, body={**pair.body, **changes}), kind)
        for pair in pairs()
    }


def _try(pair: Pair, kind: str) -> Tried:
    table = pair.load()
    by_hand = {rate: _train(pair, table, kind, rate)[1] for rate in BY_HAND}
    start, auto, auto_rate = _train(pair, table, kind, "auto")
    usual = LEARNING_RATES[kind]
    at_usual = by_hand.get(usual) or _train(pair, table, kind, usual)[1]
    return Tried(start, by_hand, auto, auto_rate, at_usual)


def _train(pair: Pair, table: Table, kind: str, rate: float | str) -> tuple[float, float, float]:
    """J at the start and of the job as it ends, and the learning rate it went by."""
    optimizer = {"kind": kind, "learning_rate": rate}
    spec = fill(from_dict({**pair.body, "optimizer": optimizer}), table)
    training = Training(spec, prepare(spec, table).data)
    first, *_ = training.records()
    outcome = training.outcome
    assert outcome is not None
    assert first.cost is not None
    diverged = outcome.stop_reason == "diverged" or outcome.cost is None
    used = training.search.learning_rate if training.search else float(rate)
    return first.cost, math.inf if diverged else float(outcome.cost or 0.0), used


def _summary(jobs: dict[str, dict[str, Tried]], plain: dict[str, dict[str, Tried]]) -> Section:
    return Section(
        "A learning rate found by itself",
        "Ten data sets, each with a network of its own (below), chosen before any was looked "
        "at. Near: the job's cost is at most "
        f"{FACTOR} × that of the best of {', '.join(f'{rate:g}' for rate in BY_HAND)}, plus "
        f"{SHARE_OF_THE_START} × J at the start. Beside it, how often the rate that is the "
        "kind's usual one would have been near; and both again for jobs without validation rows, "
        "whose cost is that of the last epoch and not of the best.",
        ["optimizer", "auto near", "usual near", "bar for auto", "met", *UNVALIDATED],
        [_summary_row(kind, jobs[kind].values(), plain[kind].values()) for kind in KINDS],
    )


def _summary_row(kind: str, jobs: Iterable[Tried], plain: Iterable[Tried]) -> list[str]:
    (auto, usual), (plain_auto, plain_usual) = _near(jobs), _near(plain)
    judged = [f"≥ {LEAST_NEAR}", verdict(auto >= LEAST_NEAR)] if kind == JUDGED else ["", ""]
    return [kind, str(auto), str(usual), *judged, str(plain_auto), str(plain_usual)]


def _near(tried: Iterable[Tried]) -> tuple[int, int]:
    """How many are near, by auto and by the usual rate."""
    ends = [(one.auto <= one.bar, one.usual <= one.bar) for one in tried]
    return sum(auto for auto, _ in ends), sum(usual for _, usual in ends)


def _details(kind: str, tried: dict[str, Tried]) -> Section:
    return Section(
        f"The ten pairs, {kind}",
        f"J at the start and at the end. The usual rate is {LEARNING_RATES[kind]:g}.",
        ["data and network", "start", "best by hand (its rate)", *AUTO, "usual", "near"],
        [_details_row(name, one) for name, one in tried.items()],
    )


def _details_row(name: str, one: Tried) -> list[str]:
    rate, best = min(one.by_hand.items(), key=lambda pair: pair[1])
    return [
        name,
        f"{one.start:.3g}",
        f"{best:.3g} ({rate:g})",
        f"{_ended(one.auto)} ({one.auto_rate:.2g})",
        _said(one.auto <= one.bar),
        _ended(one.usual),
        _said(one.usual <= one.bar),
    ]


def _ended(cost: float) -> str:
    return f"{cost:.3g}" if math.isfinite(cost) else "diverged"


def _said(near: bool) -> str:
    return "yes" if near else "no"
