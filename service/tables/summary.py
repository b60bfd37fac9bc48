"""What is told of a column: how many values are missing, between what they lie, how many differ."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.table import Array, Column, Kind, Table

MOST_DISTINCT = 1_000
MOST_EXAMPLES = 5
MOST_FREQUENT = 5
FIRST_LOOKED_AT, LOOKED_AT = 4_096, 65_536
# Squares of what is this large, or this small, leave the range of float64.
LARGE, SMALL = 1e100, 1e-100


def summary_of(column: Column) -> dict[str, Any]:
    """JSON of one column.

    `min`, `max`, `mean` and `std` are null of text and where all values are missing; of a date they
    are seconds since 1970-01-01T00:00:00Z, of a boolean 1 stands for true. `std` is that of the
    population: the root of the mean square of what differs from the mean. `distinct` counts up to
    1,000 values that are not missing, and `more_distinct` says that there are more. `examples` are
    the first that differ, `frequent`, of text alone, the most frequent with their counts.
    """
    told = {"name": column.name, "type": str(column.kind)}
    return told | (_of_texts(column) if column.kind is Kind.TEXT else _of_numbers(column))


def summaries(table: Table) -> list[dict[str, Any]]:
    """JSON of every column of a table, with whether it is a target."""
    columns = (table.column(field.name) for field in table.fields)
    return [{**summary_of(column), "is_target": column.name in table.targets} for column in columns]


def _of_numbers(column: Column) -> dict[str, Any]:
    absent = np.isnan(column.values)
    missing = int(np.count_nonzero(absent))
    present = column.values[~absent] if missing else column.values
    distinct = _count_distinct(present)
    return {
        **_moments(present),
        "missing": missing,
        "distinct": min(distinct, MOST_DISTINCT),
        "more_distinct": distinct > MOST_DISTINCT,
        "examples": [_shown(value, column.kind) for value in _first_distinct(present)],
    }


def _of_texts(column: Column) -> dict[str, Any]:
    present = column.values[column.values >= 0]
    counts = np.bincount(present, minlength=len(column.categories))
    distinct = len(column.categories)
    frequent = np.argsort(-counts, kind="stable")[:MOST_FREQUENT].tolist()
    return {
        **dict.fromkeys(("min", "max", "mean", "std")),
        "missing": len(column.values) - len(present),
        "distinct": min(distinct, MOST_DISTINCT),
        "more_distinct": distinct > MOST_DISTINCT,
        "examples": [column.categories[int(place)] for place in _first_distinct(present)],
        "frequent": [
            {"value": column.categories[place], "count": int(counts[place])} for place in frequent
        ],
    }


def _moments(values: Array) -> dict[str, float | None]:
    """Least, greatest, mean and population deviation of `values` (n,)."""
    if not len(values):
        return dict.fromkeys(("min", "max", "mean", "std"))
    least, greatest = float(values.min()), float(values.max())
    largest = max(abs(least), abs(greatest))
    unit = largest if largest > LARGE or 0 < largest < SMALL else 1.0
    shares = values if unit == 1.0 else values / unit
    mean = float(shares.mean())
    # Rounding must not carry the mean of equal values beyond them
    mean = min(max(mean, least / unit), greatest / unit)
    deviation = 0.0 if least == greatest else float(shares.std())
    return {
        "min": least + 0.0,
        "max": greatest + 0.0,
        "mean": mean * unit + 0.0,
        "std": deviation * unit,
    }


def _count_distinct(values: Array) -> int:
    """How many values differ; once there are more than `MOST_DISTINCT`, some number above it."""
    met = np.unique(values[:FIRST_LOOKED_AT])
    for start in range(FIRST_LOOKED_AT, len(values), LOOKED_AT):
        if len(met) > MOST_DISTINCT:
            break
        met = np.union1d(met, values[start : start + LOOKED_AT])
    return len(met)


def _first_distinct(values: Array) -> list[Any]:
    """The first few values that differ, in their order; looked for among the first rows."""
    found: dict[Any, None] = {}
    for value in values[:FIRST_LOOKED_AT].tolist():
        found.setdefault(value)
        if len(found) == MOST_EXAMPLES:
            break
    return list(found)


def _shown(value: float, kind: Kind) -> Any:
    if kind is Kind.BOOLEAN:
        return bool(value)
    if kind is Kind.DATE:
        return iso(value)
    return value + 0.0


def iso(seconds: float) -> str:
    """`2026-11-24T15:25:00Z`, with milliseconds where there are any."""
    milliseconds = round(seconds * 1000)
    whole = milliseconds % 1000 == 0
    time = np.datetime64(milliseconds // 1000, "s") if whole else np.datetime64(milliseconds, "ms")
    return f"{time}Z"
