"""The datasets that are always there: small files, whose sources data/README.md tells."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from engine.table import Column, MemoryTable, Table, number_column, text_column
from service.errors import NotFound
from service.tables.media_types import CSV
from service.tables.summary import summaries

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


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """What is told of a built-in dataset, as of one that was uploaded."""

    id: str
    rows: int
    sha256: str
    size_bytes: int
    columns: list[Any]
    media_type: str = CSV
    encoding: None = None
    targets: None = None
    created_at: None = None

    @property
    def name(self) -> str:
        return self.id


def builtin(name: str) -> Table:
    """A built-in dataset, its last column the target; raises NotFound. Not to be written to."""
    if name not in FILES:
        raise NotFound("dataset", name)
    return _read(FILES[name])


@cache
def builtin_sha256(name: str) -> str:
    """Of the CSV a built-in dataset is."""
    return hashlib.sha256(builtin_content(name)).hexdigest()


def builtin_content(name: str) -> bytes:
    """The CSV a built-in dataset is."""
    return _content(FILES[name])


@cache
def described(name: str) -> BuiltIn:
    """A built-in dataset with its columns; raises NotFound."""
    table = builtin(name)
    return BuiltIn(
        name, table.rows, builtin_sha256(name), len(builtin_content(name)), summaries(table)
    )


def _content(file_name: str) -> bytes:
    content = files("service").joinpath("data", file_name).read_bytes()
    return gzip.decompress(content) if file_name.endswith(".gz") else content


@cache
def _read(file_name: str) -> Table:
    header, *rows = csv.reader(_content(file_name).decode().splitlines())
    columns = [
        _column(name, words) for name, words in zip(header, zip(*rows, strict=True), strict=True)
    ]
    return MemoryTable(columns, targets=header[-1:])


def _column(name: str, words: Sequence[str]) -> Column:
    """Numbers where all are, else texts; not to be written to."""
    try:
        column = number_column(name, [float(word) for word in words])
    except ValueError:
        column = text_column(name, words)
    column.values.setflags(write=False)
    return column
