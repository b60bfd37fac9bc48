"""Rows to predict on: from the command line, or from a file."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any, TextIO

import click

STDIN = "-"
ROWS_OF_JSON = (".ndjson", ".jsonl")


def rows_of(texts: Sequence[str], file: str | None) -> list[Any]:
    """The rows of ``texts`` and of ``file``; raises UsageError where there are none."""
    rows: list[Any] = [[cell(word) for word in text.split(",")] for text in texts]
    if file == STDIN:
        rows += _read(sys.stdin, STDIN)
    elif file is not None:
        with Path(file).open(encoding="utf-8-sig", newline="") as source:
            rows += _read(source, file)
    if not rows:
        raise click.UsageError("no rows to predict on: give --row, or a file")
    return rows


def _read(source: TextIO, name: str) -> list[Any]:
    """CSV with a header; JSON and NDJSON by the file's name, or by its first character."""
    text = source.read()
    try:
        if Path(name).suffix in ROWS_OF_JSON:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        if Path(name).suffix == ".json" or text.lstrip().startswith("["):
            read = json.loads(text)
            return read if isinstance(read, list) else [read]
    except ValueError as error:
        raise click.UsageError(f"{name} is no JSON: {error}") from error
    return [
        {column: cell(value or "") for column, value in row.items() if column is not None}
        for row in csv.DictReader(StringIO(text, newline=""))
    ]


def cell(text: str) -> float | str | None:
    """A number where it is one, nothing where it is empty, else the text."""
    word = text.strip()
    if not word:
        return None
    try:
        value = float(word)
    except ValueError:
        return word
    return value if math.isfinite(value) else word  # JSON has no NaN and no Infinity
