"""How a run is made whose trouble is known before it starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.labelled_data import Draw, table
from engine.constraints import LEARNING_RATES
from engine.filling import fill
from engine.preparing import prepare
from engine.records import EpochRecord
from engine.spec import from_dict
from engine.training import Training

TOO_LARGE, TOO_SMALL = 100.0, 1e-3

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Labelled:
    """A run to make, and the verdict it deserves."""

    name: str
    verdict: str
    draw: Draw
    body: Body

    def run(self, seed: int) -> tuple[Sequence[EpochRecord], str | None]:
        """The history and the stop reason; the seed decides rows, start and order."""
        rows = table(self.draw(np.random.default_rng(seed)))
        spec = fill(from_dict({**self.body, "seed": seed}), rows)
        training = Training(spec, prepare(spec, rows).data)
        records = list(training.records())
        assert training.outcome is not None
        return records, training.outcome.stop_reason


@dataclass(frozen=True)
class Setup:
    """A problem with its good learning rate, and the epochs of a short and of a long run."""

    name: str
    draw: Draw
    body: Body
    rate: float
    short: int | None
    long: int
    plan: Mapping[str, Any] | None = None

    def labelled(self) -> Iterator[Labelled]:
        """The runs at the good rate, and at one far too large and far too small."""
        if self.short is not None:
            yield self._run("healthy", 1.0, self.short)
        yield self._run("converged", 1.0, self.long)
        if self.plan is not None and self.plan["kind"] == "adaptive":
            return
        for epochs in filter(None, (self.short, self.long)):
            yield self._run("too_large", TOO_LARGE, epochs)
            yield self._run("too_small", TOO_SMALL, epochs)

    def _run(self, verdict: str, factor: float, epochs: int) -> Labelled:
        initial = self.rate * factor
        rate = initial if self.plan is None else {**self.plan, "initial": initial}
        optimizer = {**self.body["optimizer"], "learning_rate": rate}
        body = {**self.body, "optimizer": optimizer, "epochs": epochs}
        name = f"{self.name}, rate × {factor:g}, {epochs} epochs"
        return Labelled(name, verdict, self.draw, body)


def network(*units: int, activation: str = "tanh", dropout: float = 0.0) -> dict[str, Any]:
    layer = {"activation": activation, "dropout": dropout}
    return {"hidden": [{"units": width, **layer} for width in units]}


def body(
    net: Body, optimizer: str | Body, batch_size: int | None, kept_out: float = 0.0, **more: Any
) -> Body:
    """A job body, at the usual rate if none is given; `kept_out` of its rows are validated on."""
    if isinstance(optimizer, str):
        optimizer = {"kind": optimizer}
    return {
        "network": net,
        "optimizer": {"learning_rate": LEARNING_RATES[optimizer["kind"]], **optimizer},
        "batch_size": batch_size,
        "validation": {"fraction": kept_out} if kept_out else None,
        **more,
    }
