"""Writes the built-in datasets of service/data/ but for iris and xor, which were typed.

    .bench-venv/bin/python -m benchmarks.make_builtin_datasets

Moons and spirals are drawn here; the others are scikit-learn's copies of the UCI repository's
files, with the names of their columns. The same numbers are written again each time.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn import datasets

from benchmarks.labelled_data import Drawn, moons, spirals

DATA = Path(__file__).parents[1] / "service" / "data"
ROWS, SEED = 1000, 0


def main() -> None:
    _write("moons.csv", *_plane(moons(np.random.default_rng(SEED), ROWS, noise=0.15)))
    _write("spirals.csv", *_plane(spirals(np.random.default_rng(SEED), ROWS, noise=0.05)))
    _write("wine.csv", *_named(datasets.load_wine(), "class"))
    _write("breast_cancer.csv", *_named(datasets.load_breast_cancer(), "diagnosis"))
    _write("digits.csv.gz", *_digits())


def _plane(drawn: Drawn) -> tuple[list[str], Iterable[Sequence[Any]]]:
    inputs, classes = drawn
    rows = zip(inputs.tolist(), classes.tolist(), strict=True)
    return ["x1", "x2", "y"], ([*(f"{x:.4f}" for x in point), y] for point, y in rows)


def _named(bunch: Any, target: str) -> tuple[list[str], Iterable[Sequence[Any]]]:
    header = [*(name.replace(" ", "_") for name in bunch.feature_names), target]
    rows = zip(bunch.data.tolist(), bunch.target.tolist(), strict=True)
    return header, ([*map(_short, row), bunch.target_names[place]] for row, place in rows)


def _digits() -> tuple[list[str], Iterable[Sequence[Any]]]:
    bunch = datasets.load_digits()
    rows = zip(bunch.data.tolist(), bunch.target.tolist(), strict=True)
    return [*bunch.feature_names, "digit"], ([*map(_short, row), digit] for row, digit in rows)


def _short(number: float) -> float | int:
    return int(number) if number.is_integer() else number


def _write(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    content = text.getvalue().encode()
    # Without a time in it, so that the same numbers are the same file.
    packed = gzip.compress(content, 9, mtime=0) if name.endswith(".gz") else content
    (DATA / name).write_bytes(packed)


if __name__ == "__main__":
    main()
