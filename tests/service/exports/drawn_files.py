"""Data as people have them, and what a job may ask of them, as hypothesis draws it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from engine.constraints import OUTPUT_COSTS, TASK_OUTPUTS
from engine.table import (
    Column,
    MemoryTable,
    boolean_column,
    date_column,
    number_column,
    text_column,
)

KINDS = ("number", "boolean", "date", "text")
TEXTS = ("Biscoe", "Dream", "ß", "1.5", "two words")
UNSEEN = ("Elsewhere", "biscoe", " Dream", "true")
CLASSES: dict[str, tuple[list[Any], ...]] = {
    "binary": (["no", "yes"], [False, True], [0, 1], [-3, 4]),
    "multiclass": (["a", "b", "ç"], [0, 1, 2, 5], [False, True]),
}
RULES: dict[str, tuple[str, ...]] = {
    "number": ("auto", "mean", "median", "most_frequent", "error", "constant"),
    "boolean": ("auto", "mean", "median", "most_frequent", "error", "constant"),
    "date": ("auto", "mean", "median", "most_frequent", "error", "constant"),
    "text": ("auto", "most_frequent", "error", "constant"),
}
# A date that is not scaled would leave nothing but itself in the network's numbers.
SCALED_FROM, UNSCALED_FROM = datetime(2026, 11, 24, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class File:
    """A table to train on, a job's body, and raw rows to ask about, as JSON has them."""

    table: MemoryTable
    body: dict[str, Any]
    rows: list[list[Any]]


def numbers(low: float, high: float, step: float = 0.125) -> st.SearchStrategy[float]:
    """Numbers that are either the same or clearly apart."""
    return st.integers(round(low / step), round(high / step)).map(lambda at: at * step)


def values_of(kind: str, scaling: str) -> st.SearchStrategy[Any]:
    """The values of a column, as JSON has them."""
    if kind == "number":
        return numbers(-5, 5)
    if kind == "boolean":
        return st.booleans()
    if kind == "text":
        return st.sampled_from(TEXTS)
    since = UNSCALED_FROM if scaling == "none" else SCALED_FROM
    steps = st.integers(0, 20)
    return steps.map(lambda at: (since + timedelta(seconds=at / 4)).isoformat())


def column_of(name: str, kind: str, values: list[Any]) -> Column:
    """The column of a table."""
    if kind == "number":
        return number_column(name, [float("nan") if value is None else value for value in values])
    if kind == "boolean":
        return boolean_column(name, values)
    if kind == "text":
        return text_column(name, values)
    return date_column(name, [None if value is None else in_seconds(value) for value in values])


def in_seconds(date: str) -> float:
    """Since 1970-01-01T00:00:00Z."""
    return datetime.fromisoformat(date).timestamp()


@st.composite
def features(draw, name, kind, scaling, seen, asked):
    """A column with its rule, its values to train on, and others to ask about."""
    values = values_of(kind, scaling)
    rule: Any = draw(st.sampled_from(RULES[kind]))
    if rule == "constant":
        more = st.sampled_from(["none", ""]) if kind == "text" else st.nothing()
        rule = {"constant": draw(values | more)}
    others = values if rule == "error" else values | st.none()
    # One value at least: a column without any is refused.
    trained = [draw(values), *draw(st.lists(others, min_size=seen - 1, max_size=seen - 1))]
    unseen = st.sampled_from(UNSEEN) if kind == "text" else st.nothing()
    marks = st.nothing() if rule == "error" else st.sampled_from([None, "NA"])
    if kind == "text":
        marks = st.just(None)
    rows = draw(st.lists(values | unseen | marks, min_size=asked, max_size=asked))
    return column_of(name, kind, trained), rule, rows


@st.composite
def targets(draw, task, output, seen):
    """One column or, of a regression, up to three; each class is there."""
    if task != "regression":
        classes = draw(st.sampled_from(CLASSES[task]))
        others = st.lists(st.sampled_from(classes), min_size=seen, max_size=seen)
        kind = {str: "text", bool: "boolean"}.get(type(classes[0]), "number")
        return [column_of("y", kind, [*classes, *draw(others)][:seen])]
    low, high = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}.get(output, (-1e4, 1e4))
    several = range(draw(st.integers(1, 3)))
    each = st.lists(numbers(low, high), min_size=seen, max_size=seen, unique=True)
    return [number_column(f"y{at}", draw(each)) for at in several]


@st.composite
def files(draw, activation, task, output, scaling):
    """A file, and a job on it whose first hidden layer has this activation."""
    seen, asked = draw(st.integers(5, 9)), draw(st.integers(1, 4))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5))
    drawn = [
        draw(features(f"{kind} {at}", kind, scaling, seen, asked)) for at, kind in enumerate(kinds)
    ]
    answered = draw(targets(task, output, seen))
    body = {
        "target": [column.name for column in answered],
        "task": task,
        "network": {
            "hidden": [{"units": draw(st.integers(1, 4)), "activation": activation}],
            "output": output,
        },
        "cost": draw(st.sampled_from(OUTPUT_COSTS[output])),
        "missing": {column.name: rule for column, rule, _ in drawn},
        "scaling": scaling,
        "dtype": draw(st.sampled_from(["float32", "float64"])),
        "seed": draw(st.integers(0, 2**32)),
        "epochs": 2,
        "validation": None,
    }
    table = MemoryTable([*(column for column, _, _ in drawn), *answered])
    return File(table, body, [list(row) for row in zip(*(rows for *_, rows in drawn), strict=True)])


ENDS = [(task, output) for task, outputs in TASK_OUTPUTS.items() for output in outputs]
