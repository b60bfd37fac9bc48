"""Problems that a straight line cannot solve: moons, spirals and xor, with settings to go by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.labelled_data import Drawn, moons, spirals, table, xor
from benchmarks.speed.turns import limited
from benchmarks.spread import Spread
from benchmarks.tables import Section, verdict
from engine.filling import fill
from engine.preparing import prepare
from engine.spec import from_dict
from engine.training import Training

SEEDS = range(5)
ROWS = 1000

Draw = Callable[[np.random.Generator], Drawn]
Body = dict[str, Any]


def _two_layers(units: int, activation: str) -> Body:
    return {"hidden": [{"units": units, "activation": activation}] * 2}


MOONS: Body = {"network": _two_layers(16, "tanh"), "epochs": 100, "batch_size": 32}
SPIRALS: Body = {"network": _two_layers(32, "tanh"), "epochs": 200, "batch_size": 32}
XOR_SEEDS, LEAST_SOLVED = range(20), 19
# The default network, full batch: four rows are no more than that.
XOR: Body = {"epochs": 500, "batch_size": None}


def measure() -> list[Section]:
    with limited(1):
        rows = [
            _validated("moons", lambda g: moons(g, ROWS, noise=0.15), MOONS, 0.97),
            _validated("spirals", lambda g: spirals(g, ROWS, noise=0.05), SPIRALS, 0.98),
            _solved_xor(),
        ]
    return [
        Section(
            "Moons, spirals and xor",
            f"{ROWS} rows of moons and of spirals, drawn anew for each of {len(SEEDS)} seeds, a "
            "fifth of them kept out to validate on; accuracy there, median (least – greatest). "
            "Xor is solved if all four rows are classified right; how often, of "
            f"{len(XOR_SEEDS)} seeds. What the settings leave out takes its default.",
            ["problem", "settings", "found", "bar", "met"],
            rows,
        )
    ]


def _validated(name: str, draw: Draw, body: Body, bar: float) -> list[str]:
    found = Spread.of(_accuracy(draw, body, seed, "validation") for seed in SEEDS)
    return [name, _said(body), found.text(), f"≥ {bar}", verdict(found.median >= bar)]


def _solved_xor() -> list[str]:
    solved = sum(_accuracy(xor, XOR, seed, "training") == 1.0 for seed in XOR_SEEDS)
    counts = [f"{solved} of {len(XOR_SEEDS)}", f"≥ {LEAST_SOLVED}"]
    return ["xor", _said(XOR), *counts, verdict(solved >= LEAST_SOLVED)]


def _accuracy(draw: Draw, body: Body, seed: int, part: str) -> float:
    """The model's accuracy on its training or validation rows."""
    rows = table(draw(np.random.default_rng(seed)))
    spec = fill(from_dict({**body, "seed": seed}), rows)
    training = Training(spec, prepare(spec, rows).data)
    list(training.records())
    assert training.outcome is not None
    return float(training.outcome.metrics[part]["accuracy"])


def _said(body: Body) -> str:
    hidden = body.get("network", {}).get("hidden", [])
    layers = [f"{layer['activation']} {layer['units']}" for layer in hidden] or ["default network"]
    batch = f"batches of {body['batch_size']}" if body["batch_size"] else "full batch"
    return ", ".join([*layers, f"{body['epochs']} epochs", batch])
