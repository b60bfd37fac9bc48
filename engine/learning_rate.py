"""The learning rate α: how far each step goes.

Too large and the minimum is missed, too small and it is never reached. A `Rate` says α for each
step; some follow a plan, some watch the cost. Epochs count from 1, steps within one from 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from engine.spec import LearningRate, Schedule

GROWTH = 1.05
SHRINKAGE = 0.5
SMALLEST_SHARE = 1e-12


class Rate(Protocol):
    """What `training` asks for α."""

    def at(self, epoch: int, step: int) -> float:
        """α of this step."""

    def observe(self, cost: float) -> None:
        """Hear the cost at an epoch's end: of validation, where there is validation data."""

    def state(self) -> dict[str, Any]:
        """What `restore` needs to go on exactly from here, as JSON."""

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`."""


# Steps taken since the warm-up → α
Plan = Callable[[int], float]


class Planned:
    """α as a function of time alone, after a linear warm-up by step."""

    def __init__(self, initial: float, warmup_steps: int, steps_per_epoch: int, plan: Plan) -> None:
        self._initial, self._plan = initial, plan
        self._warmup_steps, self._steps_per_epoch = warmup_steps, steps_per_epoch

    def at(self, epoch: int, step: int) -> float:
        taken = (epoch - 1) * self._steps_per_epoch + step
        if taken < self._warmup_steps:
            return self._initial * (taken + 1) / self._warmup_steps
        return self._plan(taken - self._warmup_steps)

    def observe(self, cost: float) -> None:
        """A plan does not listen."""

    def state(self) -> dict[str, Any]:
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """There is nothing to remember."""


def _constant(schedule: Schedule, _epochs: int, _steps: int) -> Plan:
    return lambda _: schedule.initial


def _step(schedule: Schedule, _epochs: int, steps: int) -> Plan:
    every, factor = schedule["every"] * steps, schedule["factor"]
    return lambda taken: float(schedule.initial * factor ** (taken // every))


def _exponential(schedule: Schedule, _epochs: int, steps: int) -> Plan:
    return lambda taken: float(schedule.initial * schedule["factor"] ** (taken // steps))


def _inverse_time(schedule: Schedule, _epochs: int, steps: int) -> Plan:
    return lambda taken: float(schedule.initial / (1.0 + schedule["decay"] * (taken // steps)))


def _cosine(schedule: Schedule, epochs: int, steps: int) -> Plan:
    """Half a cosine from `initial` to `final` (Loshchilov & Hutter 2017, SGDR, no restarts)."""
    length = max(epochs - schedule["warmup_epochs"], 1)
    initial, final = schedule.initial, schedule["final"]
    return lambda taken: _anneal(initial, final, taken // steps / length)


def _one_cycle(schedule: Schedule, epochs: int, steps: int) -> Plan:
    """Up to `peak` and down to `final`, by step (Smith & Topin 2018, "Super-convergence")."""
    peak, final = one_cycle_ends(schedule)
    last = max(epochs * steps - 1, 1)
    turn = max(schedule["rise"] * (last + 1) - 1, 0.5)

    def plan(taken: int) -> float:
        if taken <= turn:
            return _anneal(schedule.initial, peak, taken / turn)
        return _anneal(peak, final, (taken - turn) / (last - turn))

    return plan


def one_cycle_ends(schedule: Schedule) -> tuple[float, float]:
    """The peak and the final α, which if not given are 25 times and a 10,000th of `initial`."""
    peak, final = schedule["peak"], schedule["final"]
    return (
        25.0 * schedule.initial if peak is None else peak,
        1e-4 * schedule.initial if final is None else final,
    )


def _anneal(start: float, end: float, share: float) -> float:
    return end + 0.5 * (start - end) * (1.0 + math.cos(math.pi * share))


_PLANS: Mapping[str, Callable[[Schedule, int, int], Plan]] = {
    "constant": _constant,
    "step": _step,
    "exponential": _exponential,
    "inverse_time": _inverse_time,
    "cosine": _cosine,
    "one_cycle": _one_cycle,
    "plateau": _constant,
}


class Plateau:
    """α times `factor` whenever the cost has not fallen for `patience` epochs.

    A fall counts when it is by more than the share `threshold` of the best; after each cut
    `cooldown` epochs do not count, nor do those of the warm-up. (PyTorch's ReduceLROnPlateau.)
    """

    def __init__(self, schedule: Schedule, planned: Planned) -> None:
        self._schedule, self._planned = schedule, planned
        self._share, self._best, self._waited, self._cooling = 1.0, math.inf, 0, 0
        self._warming = schedule["warmup_epochs"]

    def at(self, epoch: int, step: int) -> float:
        planned = self._planned.at(epoch, step)
        # The minimum is where cuts end; it raises no α that was planned below it.
        return max(planned * self._share, float(min(self._schedule["minimum"], planned)))

    def observe(self, cost: float) -> None:
        if self._warming > 0:
            self._warming -= 1
            return
        if cost < self._best - abs(self._best) * self._schedule["threshold"] or (
            math.isinf(self._best) and math.isfinite(cost)
        ):
            self._best, self._waited = cost, 0
        else:
            self._waited += 1
        if self._cooling > 0:
            self._cooling, self._waited = self._cooling - 1, 0
        if self._waited > self._schedule["patience"]:
            self._share *= self._schedule["factor"]
            self._cooling, self._waited = self._schedule["cooldown"], 0

    def state(self) -> dict[str, Any]:
        best = self._best if math.isfinite(self._best) else None
        return {
            "share": self._share,
            "best": best,
            "waited": self._waited,
            "cooling": self._cooling,
            "warming": self._warming,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._share, self._waited = state["share"], state["waited"]
        self._best = math.inf if state["best"] is None else state["best"]
        self._cooling, self._warming = state["cooling"], state["warming"]


class Adaptive:
    """α evaluated and updated from the behaviour of the cost.

    It grows while the cost does not rise; a step that raised the cost is taken back (by
    `training`) and α halved. Below `SMALLEST_SHARE` of its initial value it is exhausted.
    """

    def __init__(self, initial: float) -> None:
        self._initial = self._rate = initial

    def at(self, _epoch: int, _step: int) -> float:
        return self._rate

    def observe(self, cost: float) -> None:
        """It is told by `accept` and `reject` instead."""

    def accept(self) -> None:
        """The cost did not rise."""
        self._rate *= GROWTH

    def reject(self) -> None:
        """The cost rose."""
        self._rate *= SHRINKAGE

    @property
    def exhausted(self) -> bool:
        """Whether α has become too small to go on."""
        return self._rate < SMALLEST_SHARE * self._initial

    def state(self) -> dict[str, Any]:
        return {"rate": self._rate}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._rate = state["rate"]


def rate_of(learning_rate: LearningRate, epochs: int, steps_per_epoch: int) -> Rate:
    """The α of a filled specification, for `epochs` epochs of `steps_per_epoch` steps."""
    if not isinstance(learning_rate, Schedule):
        assert isinstance(learning_rate, float | int), "the specification is not filled"
        learning_rate = Schedule("constant", float(learning_rate), {"warmup_epochs": 0})
    if learning_rate.kind == "adaptive":
        return Adaptive(learning_rate.initial)
    warmup = learning_rate.options.get("warmup_epochs", 0)
    plan = _PLANS[learning_rate.kind](learning_rate, epochs, steps_per_epoch)
    planned = Planned(learning_rate.initial, warmup * steps_per_epoch, steps_per_epoch, plan)
    return Plateau(learning_rate, planned) if learning_rate.kind == "plateau" else planned
