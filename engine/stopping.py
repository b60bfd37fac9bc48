"""When to stop before the last epoch, and the reason."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from engine.records import EpochRecord
from engine.spec import StopSpec


class StopRules:
    """The rules of one run; `reason` is asked once for each epoch, in order."""

    def __init__(self, spec: StopSpec) -> None:
        self._spec = spec
        self._best = math.inf
        self._waited = 0

    def start(self, record: EpochRecord) -> None:
        """Hear epoch 0, which patience measures the first epochs against."""
        self._best = _watched(record)

    def reason(self, record: EpochRecord, elapsed_seconds: float) -> str | None:
        """The key of the rule that ends the run after this epoch, or None."""
        spec = self._spec
        norm, cost = record.gradient_norm, record.cost
        if spec.gradient_norm is not None and norm is not None and norm <= spec.gradient_norm:
            return "gradient_norm"
        if spec.cost is not None and cost is not None and cost <= spec.cost:
            return "cost"
        if self._out_of_patience(record):
            return "patience"
        if spec.seconds is not None and elapsed_seconds >= spec.seconds:
            return "seconds"
        return None

    def _out_of_patience(self, record: EpochRecord) -> bool:
        watched = _watched(record)
        if watched < self._best - self._spec.min_delta:
            self._best, self._waited = watched, 0
        else:
            self._waited += 1
        return self._spec.patience is not None and self._waited >= self._spec.patience

    def state(self) -> dict[str, Any]:
        """What `restore` needs to go on exactly from here, as JSON."""
        best = self._best if math.isfinite(self._best) else None
        return {"best": best, "waited": self._waited}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`."""
        self._best = math.inf if state["best"] is None else state["best"]
        self._waited = state["waited"]


def _watched(record: EpochRecord) -> float:
    """The validation cost where there is one, else the cost; infinite where not finite."""
    cost = record.cost if record.validation_cost is None else record.validation_cost
    return cost if cost is not None and math.isfinite(cost) else math.inf
