"""What the values of columns say against what a specification wants of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.constraints import LARGEST_NUMBER, LARGEST_WEIGHT, MAX_CATEGORIES
from engine.errors import Fault
from engine.missing import misfit, rule_of
from engine.pointers import joined
from engine.roles import FEATURES, MARK, TARGET, WEIGHT, Roles
from engine.spec import Constant, TrainingSpec
from engine.table import Column, Field, Kind, Table

Array = NDArray[Any]

DATASET = "/dataset"
MISSING = "/missing"


def target_value_faults(spec: TrainingSpec, table: Table, roles: Roles) -> Iterator[Fault]:
    """Targets that miss values, or hold what cannot be learnt."""
    for at, name in enumerate(roles.targets):
        column, pointer = table.column(name), target_pointer(spec, at)
        missing = int(np.count_nonzero(column.missing))
        if missing:
            yield Fault(pointer, f"misses {missing} of the {table.rows} values of {name!r}")
        elif column.kind is Kind.DATE:
            yield Fault(pointer, f"{name!r} is of dates, and a target is a number or a class")
        else:
            yield from size_faults(column, pointer)


def target_pointer(spec: TrainingSpec, at: int) -> str:
    """Where the target in this place was named, if it was."""
    if isinstance(spec.target, tuple):
        return joined(TARGET, at)
    return DATASET if spec.target is None else TARGET


def feature_faults(
    spec: TrainingSpec, table: Table, roles: Roles, training: Array | None
) -> Iterator[Fault]:
    """Features that cannot be encoded; `training` are the rows to fit to, where they are known."""
    fields = {field.name: field for field in table.fields}
    yield from _rule_faults(spec, roles, fields)
    for at, name in enumerate(roles.features):
        pointer = DATASET if spec.features is None else joined(FEATURES, at)
        column = table.column(name)
        yield from size_faults(column, pointer)
        yield from missing_faults(spec, column, _rule_pointer(spec, name))
        yield from _content_faults(column, pointer, training)


def size_faults(column: Column, pointer: str) -> Iterator[Fault]:
    """Whether a column holds a number too large to be scaled."""
    if column.kind is Kind.TEXT:
        return
    largest = np.max(np.abs(column.values), initial=0.0, where=~column.missing)
    if largest > LARGEST_NUMBER:
        limit = f"±{LARGEST_NUMBER:g}"
        yield Fault(
            pointer, f"{column.name!r} holds a number beyond {limit}, which cannot be scaled"
        )


def missing_faults(spec: TrainingSpec, column: Column, pointer: str) -> Iterator[Fault]:
    """Whether a feature misses values where none may be missing."""
    missing = int(np.count_nonzero(column.missing))
    if missing and rule_of(spec.missing, column.field) == "error":
        yield Fault(pointer, f"{column.name!r} misses {missing} values, and the rule is error")


def _content_faults(column: Column, pointer: str, training: Array | None) -> Iterator[Fault]:
    seen = column if training is None else column.at(training)
    if seen.missing.all():
        where = "rows" if training is None else "training rows"
        yield Fault(pointer, f"{column.name!r} has no value in any of the {where}")
    elif column.kind is Kind.TEXT:
        categories = len(np.unique(column.values[~column.missing]))
        if categories > MAX_CATEGORIES:
            yield Fault(
                pointer,
                f"{column.name!r} has {categories} categories, {MAX_CATEGORIES} are the most",
            )


def _rule_pointer(spec: TrainingSpec, name: str) -> str:
    is_its_own = isinstance(spec.missing, Mapping) and name in spec.missing
    return joined(MISSING, name) if is_its_own else MISSING


def _rule_faults(spec: TrainingSpec, roles: Roles, fields: Mapping[str, Field]) -> Iterator[Fault]:
    """Rules for missing values that are for none of the features, or not for theirs."""
    features = [fields[name] for name in roles.features]
    if isinstance(spec.missing, Constant):
        misfits = [misfit(spec.missing, field.kind) for field in features]
        if all(misfits):
            yield Fault(joined(MISSING, "constant"), f"fits no feature: {misfits[0]}")
    elif isinstance(spec.missing, Mapping):
        kinds = {field.name: field.kind for field in features}
        for name, rule in spec.missing.items():
            detail = misfit(rule, kinds[name]) if name in kinds else "must be one of the features"
            if detail:
                yield Fault(joined(MISSING, name), detail)


def weight_faults(
    table: Table, roles: Roles, parts: Mapping[str, Array], pointer: str = WEIGHT
) -> Iterator[Fault]:
    """What keeps a column from weighing the rows of each of the named parts."""
    if roles.weight is None:
        return
    column = table.column(roles.weight)
    missing = int(np.count_nonzero(column.missing))
    if missing:
        yield Fault(pointer, f"{column.name!r} misses {missing} values")
    elif np.min(column.values) < 0.0 or np.max(column.values) > LARGEST_WEIGHT:
        yield Fault(pointer, f"{column.name!r} must hold numbers from 0 to {LARGEST_WEIGHT:g}")
    else:
        for part, rows in parts.items():
            if not column.values[rows].any():
                yield Fault(pointer, f"{column.name!r} is 0 in all {part} rows")


def mark_faults(table: Table, roles: Roles) -> Iterator[Fault]:
    """What keeps a column from marking the validation rows."""
    if roles.mark is None:
        return
    column = table.column(roles.mark)
    if column.missing.any():
        yield Fault(MARK, f"{column.name!r} misses {np.count_nonzero(column.missing)} values")
    elif not np.isin(column.values, (0.0, 1.0)).all():
        yield Fault(MARK, f"{column.name!r} must hold true or false, or 1 or 0")
    elif len(np.unique(column.values)) < 2:
        only = "validate" if column.values.any() else "train"
        yield Fault(MARK, f"{column.name!r} must mark some rows and not others: all {only}")
