"""A file of rows and a model → a file of the model's answers, in this very process.

Some rows are in memory at a time, however many there are. The answers are a file of the same form
as the rows: CSV, or NDJSON.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
import orjson

from engine.encoders import Encoder
from engine.labels import written
from engine.model import Model, Predictions
from engine.table import MemoryTable
from service.tables.answered_csv import CsvRows
from service.tables.answered_ndjson import NdjsonRows
from service.tables.faults import Faults
from service.tables.limits import IngestLimits
from service.tables.media_types import CSV, NDJSON

# So many numbers are predicted at once, of however many outputs.
BLOCK_NUMBERS = 256 * 1024

Write = Callable[[Predictions], None]


class Rows(Protocol):
    """A file of rows, opened, of which every line is judged by the columns that a model takes."""

    def tables(self) -> Iterator[MemoryTable]:
        """The rows in order, some at a time, without those that are at fault."""


def answer(
    model_path: Path, source: Path, media_type: str, target: Path, limits: IngestLimits
) -> int:
    """Write to `target` what the model says of each row of `source`; gives how many there are.

    Raises DataError with every fault of the rows, each with its line.
    """
    model = Model.from_bytes(model_path.read_bytes())
    faults = Faults()
    features = model.preprocessing.features
    opened: Rows = READERS[media_type](source, features, limits, faults)
    rows = 0
    with target.open("w", encoding="utf-8", newline="") as file, np.errstate(all="ignore"):
        write = WRITERS[media_type](file, model)
        for table in opened.tables():
            rows += table.rows
            if rows > limits.rows:
                raise faults.stop(f"has more than the {limits.rows:,} rows allowed")
            for block in _blocks(table, model):
                write(model.predict(block))
    faults.raise_any()
    if rows == 0:
        raise faults.stop("holds no rows")
    return rows


def _blocks(table: MemoryTable, model: Model) -> Iterator[MemoryTable]:
    width = max(layer.fan_out for layer in model.layers)
    return table.blocks(model.preprocessing.roles.features, max(1, BLOCK_NUMBERS // width))


def _csv_writer(file: IO[str], model: Model) -> Write:
    """A column for each target's prediction, and for each class's probability."""
    lines = csv.writer(file)
    targets, classes = _names(model)
    named = ["prediction"] if len(targets) == 1 else [f"prediction_{name}" for name in targets]
    lines.writerow([*named, *(f"probability_{label}" for label in classes)])

    def write(found: Predictions) -> None:
        answers = map(_cells, found.predictions)
        chances: Iterable[list[float]] = found.probabilities or [[]] * len(found.predictions)
        lines.writerows(
            [*cells, *map(_cell, each)] for cells, each in zip(answers, chances, strict=True)
        )

    return write


def _cells(prediction: Any) -> list[Any]:
    return [_cell(each) for each in (prediction if isinstance(prediction, list) else [prediction])]


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return written(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _ndjson_writer(file: IO[str], model: Model) -> Write:
    """An object for each row: `prediction`, of several targets an object; of classes, too,
    `probabilities` by class.
    """
    targets, classes = _names(model)

    def line(prediction: Any, chances: list[float] | None) -> str:
        several = isinstance(prediction, list)
        told: dict[str, Any] = {
            "prediction": dict(zip(targets, prediction, strict=True)) if several else prediction
        }
        if chances is not None:
            told["probabilities"] = dict(zip(classes, chances, strict=True))
        return orjson.dumps(told).decode() + "\n"

    def write(found: Predictions) -> None:
        chances: Iterable[Any] = found.probabilities or [None] * len(found.predictions)
        file.writelines(map(line, found.predictions, chances))

    return write


def _names(model: Model) -> tuple[list[str], list[str]]:
    """Of the targets, and of the classes."""
    known = model.preprocessing
    return list(known.roles.targets), [written(label) for label in known.classes or ()]


Reader = Callable[[Path, Sequence[Encoder], IngestLimits, Faults], Rows]
READERS: Mapping[str, Reader] = {CSV: CsvRows, NDJSON: NdjsonRows}
WRITERS: Mapping[str, Callable[[IO[str], Model], Write]] = {
    CSV: _csv_writer,
    NDJSON: _ndjson_writer,
}
