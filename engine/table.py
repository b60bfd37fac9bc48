"""Raw data: named columns of numbers, booleans, dates and texts; values may be missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

MISSING_PLACE = -1


class Kind(StrEnum):
    """What the values of a column are."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Field:
    """The name and the kind of a column."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one column, (rows,).

    Of numbers, booleans (0, 1) and dates (seconds since 1970-01-01T00:00:00Z): float64, NaN where
    missing. Of text: int32 places in `categories` (sorted, distinct), -1 where missing.
    """

    name: str
    kind: Kind
    values: Array
    categories: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.values)

    @property
    def field(self) -> Field:
        return Field(self.name, self.kind)

    @property
    def missing(self) -> Array:
        """Whether each value is missing, (rows,) bool."""
        if self.kind is Kind.TEXT:
            return np.asarray(self.values == MISSING_PLACE)
        return np.isnan(self.values)

    def at(self, rows: Array | slice) -> Column:
        """The same column with these rows alone, in this order."""
        return replace(self, values=self.values[rows])


class Table(Protocol):
    """Rows to learn from or to answer for. A column may be read from a file each time it is asked
    for: ask once.
    """

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns, in their order; no two have the same name."""

    @property
    def rows(self) -> int:
        """How many rows there are."""

    @property
    def targets(self) -> tuple[str, ...]:
        """The columns that are targets unless a specification says otherwise."""

    def column(self, name: str) -> Column:
        """The values of a column; raises KeyError."""

    def blocks(self, names: Sequence[str], rows: int) -> Iterator[MemoryTable]:
        """These columns alone, in order, of at most `rows` rows at a time."""


class MemoryTable:
    """A table whose columns, all of the same length, are in memory."""

    def __init__(self, columns: Sequence[Column], targets: Sequence[str] = ()) -> None:
        self._columns: Mapping[str, Column] = {column.name: column for column in columns}
        if len(self._columns) < len(columns):
            raise ValueError("two columns have the same name")
        if len({column.rows for column in columns}) > 1:
            raise ValueError("the columns are not of the same length")
        self.fields = tuple(column.field for column in columns)
        self.rows = columns[0].rows if columns else 0
        self.targets = tuple(targets)

    def column(self, name: str) -> Column:
        return self._columns[name]

    def blocks(self, names: Sequence[str], rows: int) -> Iterator[MemoryTable]:
        columns = [self._columns[name] for name in names]
        for at in range(0, self.rows, rows):
            yield MemoryTable([column.at(slice(at, at + rows)) for column in columns])


def number_column(name: str, values: Any) -> Column:
    """A column of numbers, from anything that numpy reads as (rows,) float64; NaN is missing."""
    return Column(name, Kind.NUMBER, np.asarray(values, np.float64))


def boolean_column(name: str, values: Sequence[bool | None]) -> Column:
    """A column of booleans; None is missing."""
    return Column(name, Kind.BOOLEAN, _with_nan(values))


def date_column(name: str, values: Sequence[float | None]) -> Column:
    """A column of dates, in seconds since 1970-01-01T00:00:00Z; None is missing."""
    return Column(name, Kind.DATE, _with_nan(values))


def text_column(name: str, values: Sequence[str | None]) -> Column:
    """A column of texts; None is missing."""
    categories = tuple(sorted({value for value in values if value is not None}))
    places: dict[str | None, int] = {text: place for place, text in enumerate(categories)}
    found = (places.get(value, MISSING_PLACE) for value in values)
    return Column(name, Kind.TEXT, np.fromiter(found, np.int32, len(values)), categories)


def number_columns(names: Sequence[str], matrix: Array) -> tuple[Column, ...]:
    """The columns of a matrix, (rows, len(names))."""
    return tuple(number_column(name, matrix[:, at]) for at, name in enumerate(names))


def _with_nan(values: Sequence[float | None]) -> Array:
    found = (np.nan if value is None else value for value in values)
    return np.fromiter(found, np.float64, len(values))
