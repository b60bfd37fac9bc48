"""The jobs that faults are done to, and how each of them ends where nothing comes in between."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaos.client import Client
from chaos.stack import Stack

# What a job shows of its end, all of it to be the same bit for bit.
RESULTS = (
    "status",
    "stop_reason",
    "epoch",
    "cost",
    "validation_cost",
    "best",
    "metrics",
    "model_epoch",
    "weights_sha256",
    "learning_rate",
    "parameters",
)
ROWS = [[0.1 * i, (7 * i % 11) / 11.0] for i in range(60)]

# Each holds another kind of state that has to survive: moments, masks of dropout, a learning rate
# that remembers, the best weights so far. The long ones train for a few seconds.
JOBS: Mapping[str, Mapping[str, Any]] = {
    "adam": {"dataset": "iris", "epochs": 5000, "seed": 3},
    "dropout": {
        "dataset": "iris",
        "epochs": 3000,
        "seed": 5,
        "network": {"hidden": [{"units": 12, "activation": "relu", "dropout": 0.2}]},
        "optimizer": {"kind": "momentum", "nesterov": True},
        "batch_size": 16,
        "validation": None,
    },
    "adaptive": {
        "dataset": "iris",
        "epochs": 12000,
        "seed": 7,
        "batch_size": None,
        "optimizer": {
            "kind": "gradient_descent",
            "learning_rate": {"kind": "adaptive", "initial": 0.1},
        },
        "l2": 0.001,
        "dtype": "float64",
        "validation": None,
    },
    "plateau": {
        "dataset": "iris",
        "epochs": 4000,
        "seed": 11,
        "optimizer": {"kind": "rmsprop", "learning_rate": {"kind": "plateau", "initial": 0.003}},
        "clip_norm": 1.0,
    },
    "inline": {
        "dataset": {"inputs": ROWS, "targets": [a * b for a, b in ROWS]},
        "epochs": 5000,
        "seed": 13,
        "cost": "huber",
        "dtype": "float64",
        "optimizer": {"kind": "nadam"},
    },
    "middling": {"dataset": "iris", "epochs": 400, "seed": 19},
    "short": {"dataset": "iris", "epochs": 60, "seed": 17},
}
LONG = ("adam", "dropout", "adaptive", "plateau", "inline")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended: what it shows of its results, and its history."""

    results: dict[str, Any]
    history: list[dict[str, Any]]

    @classmethod
    def of(cls, client: Client, job: Mapping[str, Any]) -> Ending:
        return cls({name: job[name] for name in RESULTS}, client.history(job["id"]))


def undisturbed() -> dict[str, Ending]:
    """Run each job once, on a service that is left alone."""
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as folder,
        closing(Stack(Path(folder), None, {})) as stack,
    ):
        stack.up()
        ids = {name: stack.client.submit(body) for name, body in JOBS.items()}
        jobs = {name: stack.client.finished(job_id, 120) for name, job_id in ids.items()}
        stray = [name for name, job in jobs.items() if job["status"] != "succeeded"]
        assert not stray, f"without any fault these do not succeed: {stray}"
        return {name: Ending.of(stack.client, job) for name, job in jobs.items()}
