"""The three forms in which a JSON document holds rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from service.schemas.pointers import joined
from service.tables.chunks import position_names, target_names
from service.tables.faults import Faults, counted

FORMS = (
    'must be an array of objects, {"inputs": [[…]], "targets": […]} or '
    '{"columns": {"name": […], …}}'
)


class Form(Protocol):
    """One of the ways in which a document holds rows."""

    rows: int
    names: tuple[str, ...]
    targets: int  # how many columns, from the last one on, are targets

    def values(self, place: int, start: int, stop: int) -> list[Any]:
        """The values of one column in rows from `start` to before `stop`."""

    def pointer(self, place: int, row: int) -> str:
        """Where in the document a value stands."""


def form_of(document: Any, faults: Faults) -> Form:
    """The form of a document; raises DataError if it has none of the three."""
    match document:
        case []:
            raise faults.stop("holds no rows")
        case [dict(), *_]:
            form: Form = Objects(document, faults)
        case {"inputs": inputs, "targets": targets, **others} if not others:
            form = Matrices(inputs, targets, faults)
        case {"columns": dict(columns), **others} if not others:
            form = Lists(columns, faults)
        case _:
            raise faults.stop(FORMS)
    faults.raise_any()
    return form


class Objects:
    """An array of objects. The columns are the members of the first; one that another row lacks is
    missing there.
    """

    def __init__(self, rows: list[Any], faults: Faults) -> None:
        self._rows = rows
        self.rows = len(rows)
        self.names = tuple(rows[0])
        self.targets = 1
        known = frozenset(self.names)
        for place, row in enumerate(rows):
            if not isinstance(row, dict):
                faults.add("must be an object, as the first row is", joined("", place))
            elif strange := row.keys() - known:
                pointer = joined("", place, min(strange))
                faults.add("is of a column that the first row has not", pointer)

    def values(self, place: int, start: int, stop: int) -> list[Any]:
        name = self.names[place]
        return [row.get(name) for row in self._rows[start:stop]]

    def pointer(self, place: int, row: int) -> str:
        return joined("", row, self.names[place])


class Lists:
    """A list of values by column."""

    def __init__(self, columns: Mapping[str, Any], faults: Faults) -> None:
        self.names = tuple(columns)
        self.targets = 1
        for name, values in columns.items():
            if not isinstance(values, list):
                faults.add("must be an array of values", joined("/columns", name))
        faults.raise_any()
        self._columns: list[list[Any]] = list(columns.values())
        self.rows = len(self._columns[0]) if self._columns else 0
        for name, values in columns.items():
            if len(values) != self.rows:
                faults.add_ragged(
                    f"has {counted(len(values), 'value')}, and the first column {self.rows:,}",
                    joined("/columns", name),
                )

    def values(self, place: int, start: int, stop: int) -> list[Any]:
        return self._columns[place][start:stop]

    def pointer(self, place: int, row: int) -> str:
        return joined("/columns", self.names[place], row)


class Matrices:
    """`inputs` (rows, features) and `targets` (rows,) or (rows, targets), as a job's body may hold
    them.
    """

    def __init__(self, inputs: Any, targets: Any, faults: Faults) -> None:
        flat = isinstance(targets, list) and not isinstance(next(iter(targets), None), list)
        self._flat = flat
        features = _width(inputs, "/inputs", faults)
        self.targets = 1 if flat else _width(targets, "/targets", faults)
        faults.raise_any()
        if len(inputs) != len(targets):
            detail = f"must hold one entry for each of the {len(inputs):,} rows of inputs"
            faults.add(f"{detail}, not {len(targets):,}", "/targets")
        self._inputs: list[list[Any]] = inputs
        self._targets: list[Any] = targets
        self.rows = len(inputs)
        self.names = position_names(features) + target_names(self.targets)
        self._features = features

    def values(self, place: int, start: int, stop: int) -> list[Any]:
        if place < self._features:
            return [row[place] for row in self._inputs[start:stop]]
        rows = self._targets[start:stop]
        return rows if self._flat else [row[place - self._features] for row in rows]

    def pointer(self, place: int, row: int) -> str:
        if place < self._features:
            return joined("/inputs", row, place)
        return joined("/targets", row, *([] if self._flat else [place - self._features]))


def _width(rows: Any, pointer: str, faults: Faults) -> int:
    """How many values each row holds."""
    if not isinstance(rows, list) or not rows:
        faults.add("must be an array of at least one row", pointer)
        return 0
    width = len(rows[0]) if isinstance(rows[0], list) else 0
    for place, row in enumerate(rows):
        if not isinstance(row, list) or not row:
            faults.add("must be an array of at least one value", joined(pointer, place))
        elif len(row) != width:
            detail = f"has {counted(len(row), 'value')}, and the first row {width:,}"
            faults.add_ragged(detail, joined(pointer, place))
    return width
