"""The step size evaluated and updated according to the behaviour of the cost.

`Exact` measures J after each epoch, `TakingBack` takes back an epoch that raised it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.descent import Descent
from engine.evaluation import Evaluator
from engine.learning_rate import Adaptive, Rate
from engine.passes import Passed, Passes
from engine.problem import Measure

Array = NDArray[Any]


class Exact:
    """Mini batches whose epochs report J over all training rows after the epoch."""

    def __init__(self, passes: Passes, evaluator: Evaluator, parameters: Sequence[Array]) -> None:
        self._passes, self._evaluator, self._parameters = passes, evaluator, parameters

    def start(self) -> Measure:
        return self._passes.start()

    def resume(self, measure: Measure) -> None:
        self._passes.resume(measure)

    def take_back(self) -> None:
        self._passes.take_back()

    def epoch(self, number: int, rate: Rate) -> Passed:
        passed = self._passes.epoch(number, rate)
        measure = self._evaluator.measure(self._parameters, penalties=True)
        return passed._replace(measure=measure)


class TakingBack:
    """If J did not rise, the epoch is accepted and α grows; if it rose (or stopped being finite),
    weights and step rule go back to where they were, α is halved, and the old J stands.
    """

    def __init__(self, passes: Passes, parameters: Array, descent: Descent) -> None:
        self._passes, self._parameters, self._descent = passes, parameters, descent
        self._before = np.empty_like(parameters)
        self._slots_before = {name: np.empty_like(slot) for name, slot in descent.slots.items()}
        self._measure: Measure | None = None

    def start(self) -> Measure:
        self._measure = self._passes.start()
        return self._measure

    def resume(self, measure: Measure) -> None:
        self._passes.resume(measure)
        self._measure = measure

    def take_back(self) -> None:
        self._passes.take_back()

    def epoch(self, number: int, rate: Rate) -> Passed:
        assert isinstance(rate, Adaptive)
        assert self._measure is not None
        count = self._save()
        passed = self._passes.epoch(number, rate)
        if passed.measure.cost <= self._measure.cost:
            rate.accept()
            self._measure = passed.measure
            return passed
        rate.reject()
        self._put_back(count)
        return passed._replace(measure=self._measure, accepted=False)

    def _save(self) -> int:
        np.copyto(self._before, self._parameters)
        for name, slot in self._descent.slots.items():
            np.copyto(self._slots_before[name], slot)
        return self._descent.count

    def _put_back(self, count: int) -> None:
        np.copyto(self._parameters, self._before)
        for name, slot in self._descent.slots.items():
            np.copyto(slot, self._slots_before[name])
        self._descent.count = count
        self._passes.take_back()
