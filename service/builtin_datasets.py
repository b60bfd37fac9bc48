"""The datasets that are always there: small files, whose sources data/README.md tells."""

from __future__ import annotations

import csv
import gzip
import hashlib
from functools import cache
from importlib.resources import files

import numpy as np

from engine.preprocessing import Table
from service.errors import NotFound

FILES = {
    "breast_cancer": "breast_cancer.csv",
    "digits": "digits.csv.gz",
    "iris": "iris.csv",
    "moons": "moons.csv",
    "spirals": "spirals.csv",
    "wine": "wine.csv",
    "xor": "xor.csv",
}
BUILT_IN = tuple(FILES)


def builtin(name: str) -> Table:
    """A built-in dataset, its last column the target; raises NotFound. Not to be written to."""
    if name not in FILES:
        raise NotFound("dataset", name)
    return _read(FILES[name])


@cache
def builtin_sha256(name: str) -> str:
    """Of the CSV a built-in dataset is."""
    return hashlib.sha256(_content(FILES[name])).hexdigest()


def _content(file_name: str) -> bytes:
    content = files("service").joinpath("data", file_name).read_bytes()
    return gzip.decompress(content) if file_name.endswith(".gz") else content


@cache
def _read(file_name: str) -> Table:
    header, *rows = csv.reader(_content(file_name).decode().splitlines())
    inputs = np.array([row[:-1] for row in rows], dtype=np.float64)
    inputs.setflags(write=False)
    return Table(
        feature_names=tuple(header[:-1]),
        inputs=inputs,
        target_names=(header[-1],),
        targets=_targets([row[-1] for row in rows]),
    )


def _targets(words: list[str]) -> np.ndarray | tuple[str, ...]:
    """Numbers (rows, 1) where all are, else labels."""
    try:
        numbers = np.array(words, dtype=np.float64).reshape(-1, 1)
    except ValueError:
        return tuple(words)
    numbers.setflags(write=False)
    return numbers
