"""Rows as a client sends them → a table of the columns that a model takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from types import NoneType
from typing import Any, NamedTuple

from engine.dates import seconds_of
from engine.encoders import CategoryEncoder, Encoder
from engine.errors import DataError, Fault
from engine.table import (
    Column,
    Kind,
    MemoryTable,
    boolean_column,
    date_column,
    number_column,
    text_column,
)
from service.schemas.pointers import joined
from service.tables.limits import MISSING

MAX_FAULTS = 100  # "every fault at once" must not answer a large body with a larger one
NOT_MISSING = "must not be null: the model has nothing that could stand for a missing value here"


class Reader(NamedTuple):
    """How the values of a kind come in JSON, null aside: as one of these exact types, so that
    true is no number; and how they become a column.
    """

    types: frozenset[type]
    needs: str
    column: Callable[[str, Sequence[Any]], Column]


def table_from(rows: Any, encoders: Sequence[Encoder], pointer: str) -> MemoryTable:
    """The table of `rows`: of each [value, …] or {column: value}, null where one is missing.

    Raises DataError with every fault, up to the first hundred, its pointers under `pointer`.
    """
    columns = _columns(rows, encoders)
    if columns is None:
        raise DataError(islice(_faults(rows, encoders, pointer), MAX_FAULTS))
    return MemoryTable(columns)


def _columns(rows: Any, encoders: Sequence[Encoder]) -> list[Column] | None:
    """The columns; None where anything is wrong."""
    if not isinstance(rows, list) or not rows:
        return None
    names = [encoder.name for encoder in encoders]
    if any(_shape_is_wrong(row, names) for row in rows):
        return None
    lists = [row if isinstance(row, list) else [row[name] for name in names] for row in rows]
    found = []
    for encoder, given in zip(encoders, zip(*lists, strict=True), strict=True):
        values = [_unmarked(value, encoder) for value in given]
        if not set(map(type, values)) <= _types(encoder):
            return None
        try:
            found.append(READERS[encoder.kind].column(encoder.name, values))
        except ValueError:
            return None
    return found


def _unmarked(value: Any, encoder: Encoder) -> Any:
    """None for a text that stands for a missing value in files, unless it is a category."""
    if type(value) is not str or value not in MISSING:
        return value
    is_category = isinstance(encoder, CategoryEncoder) and value in encoder.categories
    return value if is_category else None


def _types(encoder: Encoder) -> frozenset[type]:
    types = READERS[encoder.kind].types
    return types | {NoneType} if encoder.takes_missing else types


def _shape_is_wrong(row: Any, names: Sequence[str]) -> bool:
    if isinstance(row, list):
        return len(row) != len(names)
    return not isinstance(row, dict) or row.keys() != set(names)


def _faults(rows: Any, encoders: Sequence[Encoder], pointer: str) -> Iterator[Fault]:
    if not isinstance(rows, list) or not rows:
        yield Fault(pointer, "must be an array of at least one row")
        return
    for index, row in enumerate(rows):
        yield from row_faults(row, encoders, joined(pointer, index))


def row_faults(row: Any, encoders: Sequence[Encoder], pointer: str) -> Iterator[Fault]:
    """What keeps one row from being a row of the columns that a model takes."""
    if isinstance(row, list):
        yield from _list_faults(row, encoders, pointer)
    elif isinstance(row, dict):
        yield from _object_faults(row, encoders, pointer)
    else:
        yield Fault(pointer, "must be an array of values, or an object of columns")


def _list_faults(row: list[Any], encoders: Sequence[Encoder], pointer: str) -> Iterator[Fault]:
    if len(row) != len(encoders):
        names = ", ".join(encoder.name for encoder in encoders)
        yield Fault(pointer, f"must hold {len(encoders)} values ({names}), not {len(row)}")
    for place, (value, encoder) in enumerate(zip(row, encoders, strict=False)):
        yield from _value_faults(value, encoder, joined(pointer, place))


def _object_faults(
    row: Mapping[str, Any], encoders: Sequence[Encoder], pointer: str
) -> Iterator[Fault]:
    for encoder in encoders:
        here = joined(pointer, encoder.name)
        if encoder.name not in row:
            yield Fault(here, "is required")
        else:
            yield from _value_faults(row[encoder.name], encoder, here)
    for name in row.keys() - {encoder.name for encoder in encoders}:
        yield Fault(joined(pointer, name), "is not a column the model knows")


def _value_faults(value: Any, encoder: Encoder, pointer: str) -> Iterator[Fault]:
    reader, value = READERS[encoder.kind], _unmarked(value, encoder)
    if value is None:
        if not encoder.takes_missing:
            yield Fault(pointer, NOT_MISSING)
    elif type(value) not in reader.types or not _is_readable(value, reader):
        yield Fault(pointer, f"must be {reader.needs}")


def _is_readable(value: Any, reader: Reader) -> bool:
    try:
        reader.column("", [value])
    except ValueError:
        return False
    return True


def _numbers(name: str, values: Sequence[float | None]) -> Column:
    return number_column(name, [float("nan") if value is None else value for value in values])


def _dates(name: str, values: Sequence[str | None]) -> Column:
    return date_column(name, [None if value is None else seconds_of(value) for value in values])


READERS: Mapping[Kind, Reader] = {
    Kind.NUMBER: Reader(frozenset({int, float}), "a finite number", _numbers),
    Kind.BOOLEAN: Reader(frozenset({bool}), "true or false", boolean_column),
    Kind.DATE: Reader(
        frozenset({str}), "a date such as 2026-11-24 or 2026-11-24T14:30:00Z", _dates
    ),
    Kind.TEXT: Reader(frozenset({str}), "a text", text_column),
}
