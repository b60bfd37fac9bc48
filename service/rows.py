"""Some rows of a dataset, as its data have them: what is missing is None."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from engine.table import Column, Kind
from service.blobs import Blobs
from service.builtin_datasets import BuiltIn, builtin
from service.database.tables import Dataset
from service.tables.summary import iso

MOST_CELLS = 100_000
LARGEST_EXACT = 2.0**53


def read(blobs: Blobs, dataset: Dataset | BuiltIn, after: int, limit: int) -> list[list[Any]]:
    """At most `limit` rows after the first `after`; fewer where they are wide, but one at least.

    Raises FileNotFoundError where the dataset has just been removed.
    """
    most = max(1, min(limit, MOST_CELLS // max(1, len(dataset.columns))))
    if isinstance(dataset, BuiltIn):
        table = builtin(dataset.id)
        whole = [table.column(field.name) for field in table.fields]
        return _in_rows([column.at(slice(after, after + most)) for column in whole])
    if dataset.stored_blob is None:
        return _of_inline(blobs, dataset, after, after + most)
    from service.tables.stored import StoredTable

    with blobs.path(dataset.stored_blob) as path, StoredTable(path) as stored:
        columns = stored.part(after, after + most)
    return _in_rows(columns)


def _in_rows(columns: Iterable[Column]) -> list[list[Any]]:
    return [list(row) for row in zip(*map(_shown, columns), strict=True)]


def _of_inline(blobs: Blobs, dataset: Dataset, start: int, stop: int) -> list[list[Any]]:
    with blobs.open(dataset.blob) as file:
        content = orjson.loads(file.read())
    rows = zip(content["inputs"][start:stop], content["targets"][start:stop], strict=True)
    return [inputs + (answer if isinstance(answer, list) else [answer]) for inputs, answer in rows]


def _shown(column: Column) -> Iterable[Any]:
    missing = column.missing.tolist()
    values = zip(column.values.tolist(), missing, strict=True)
    return [None if is_missing else _value(column, value) for value, is_missing in values]


def _value(column: Column, value: float) -> Any:
    match column.kind:
        case Kind.TEXT:
            return column.categories[int(value)]
        case Kind.BOOLEAN:
            return bool(value)
        case Kind.DATE:
            return iso(value)
    return int(value) if value.is_integer() and abs(value) < LARGEST_EXACT else value
