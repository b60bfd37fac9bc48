"""What every reader of a file gives: its columns' names, and their values chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from engine.table import Kind
from service.tables.faults import Faults
from service.tables.kinds import Values, infinite_rows, may_hold_infinite
from service.tables.limits import IngestLimits

MOST_ROWS = 65_536
MOST_CELLS = 4_000_000

Kinds = list[Kind | None]  # of the columns; None while all values met were missing
Chunk = Sequence[Values]


class Source(Protocol):
    """A file of one format, opened. Its errors are DataErrors."""

    names: tuple[str, ...]
    targets: tuple[str, ...]

    def chunks(self, kinds: Kinds) -> Iterator[Chunk]:
        """The values of all columns, some rows at a time.

        `kinds` says what is known of the columns, and is brought up to date before a chunk is
        given. A column may turn out to be text late: then read again with what is known by then.
        """


def position_names(width: int) -> tuple[str, ...]:
    """Names of columns that have none."""
    return tuple(f"x{place + 1}" for place in range(width))


def target_names(width: int) -> tuple[str, ...]:
    """Names of target columns that have none."""
    return ("y",) if width == 1 else tuple(f"y{place + 1}" for place in range(width))


def checked_names(names: Sequence[str], limits: IngestLimits, faults: Faults) -> tuple[str, ...]:
    """The names without white space around them, those that are empty made of their position.

    Raises DataError where there are too many, or two are the same.
    """
    if len(names) > limits.columns:
        raise faults.stop(f"has {len(names):,} columns, {limits.columns:,} are the most allowed")
    if not names:
        raise faults.stop("has no columns")
    given = zip(names, position_names(len(names)), strict=True)
    checked = tuple(name.strip() or position for name, position in given)
    places: dict[str, int] = {}
    for place, name in enumerate(checked, start=1):
        if name in places:
            faults.add(f"column {place:,}: has the name {name!r}, as column {places[name]:,} has")
        places.setdefault(name, place)
    faults.raise_any()
    return checked


def rows_of_a_chunk(columns: int) -> int:
    """How many rows a reader that may choose gives at a time."""
    return max(1, min(MOST_ROWS, MOST_CELLS // columns))


def refuse_infinite(values: Values, name: str, row: int, faults: Faults) -> None:
    """Note every number of a column that is infinite; the first one given is that of `row`."""
    if may_hold_infinite(values):
        for place in infinite_rows(values):
            faults.add(f"row {row + place:,}, column {name!r}: is not a finite number")
