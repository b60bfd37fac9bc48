"""Writes what tests/engine/test_parity.py compares the engine with.

    OPENBLAS_NUM_THREADS=1 .bench-venv/bin/python -m benchmarks.parity.make_fixtures

Nothing of the engine is used here: a job body is read by PyTorch, or by scikit-learn, alone.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import sklearn
import torch

from benchmarks.parity import by_scikit_learn, by_torch, cases, gradients
from benchmarks.parity.problems import problems

FIXTURES = Path(__file__).parents[2] / "tests" / "engine" / "fixtures"


def main() -> None:
    torch.set_num_threads(1)
    # NAdam keeps the product of its momenta in the default dtype.
    torch.set_default_dtype(torch.float64)
    learnt = problems()
    trained = _trainings(by_torch, cases.for_torch())
    _expect_cuts(trained)
    _write("trainings_by_torch", torch.__version__, learnt, trained)
    _write(
        "trainings_by_scikit_learn",
        sklearn.__version__,
        learnt,
        _trainings(by_scikit_learn, cases.for_scikit_learn()),
    )
    met = gradients.problems()
    found = [
        {"problem": name, "body": body, **by_torch.gradient(body, met[name])}
        for name, body in gradients.bodies()
    ]
    _write("gradients_by_torch", torch.__version__, met, found)


def _trainings(hand: Any, chosen: Any) -> list[dict[str, Any]]:
    learnt = problems()
    return [{**asdict(case), **hand.train(case, learnt[case.problem])} for case in chosen]


def _expect_cuts(trained: list[dict[str, Any]]) -> None:
    """A plateau that never was would prove nothing."""
    for training in trained:
        if "plateau" in training["name"]:
            after_warmup = training["learning_rates"][cases.WARMUP_EPOCHS :]
            assert len(set(after_warmup)) > 2, training["name"]


def _write(name: str, version: str, rows: dict[str, Any], found: list[dict[str, Any]]) -> None:
    text = json.dumps({"version": version, "problems": rows, "cases": found}, allow_nan=False)
    # Without a time in it, so that the same numbers are the same file.
    (FIXTURES / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{name}: {len(found)} cases")


if __name__ == "__main__":
    main()
