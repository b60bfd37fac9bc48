"""What stands for a missing value: which rule holds for a column, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.dates import seconds_of
from engine.spec import Constant, Missing, Rule
from engine.table import Column, Field, Kind

Array = NDArray[Any]

OF_TEXT = ("auto", "most_frequent", "error")


def rule_of(missing: Missing, field: Field) -> Rule:
    """The rule for a column. One rule for all goes as far as it makes sense: a column that has
    none, or of a kind that the rule is not for, is treated by `auto`.
    """
    rule = missing.get(field.name, "auto") if isinstance(missing, Mapping) else missing
    return "auto" if misfit(rule, field.kind) else rule


def misfit(rule: Rule, kind: Kind) -> str | None:
    """Why a rule is not for columns of this kind, or None if it is."""
    if isinstance(rule, Constant):
        return _misfit_of(rule.constant, kind)
    if kind is Kind.TEXT and rule not in OF_TEXT:
        return f"{rule} needs numbers, and the column holds text: {', '.join(OF_TEXT)} do"
    return None


def _misfit_of(constant: float | bool | str, kind: Kind) -> str | None:
    if kind is Kind.DATE:
        return None if _is_date(constant) else "must be a date, as the column's values are"
    if kind is Kind.TEXT:
        return None if isinstance(constant, str) else "must be a text, as the column's values are"
    if kind is Kind.BOOLEAN:
        fits = isinstance(constant, bool)
        return None if fits else "must be true or false, as the column's values are"
    fits = isinstance(constant, int | float) and not isinstance(constant, bool)
    return None if fits else "must be a number, as the column's values are"


def _is_date(constant: object) -> bool:
    try:
        return isinstance(constant, str) and bool(np.isfinite(seconds_of(constant)))
    except ValueError:
        return False


def number_for(rule: Rule, column: Column) -> float | None:
    """What stands for a missing number, boolean or date, by the values of `column`, which are
    those of the training rows; None where a missing value is an error.

    Of equally frequent values the least. Of a column without any value, 0.
    """
    if isinstance(rule, Constant):
        given = rule.constant
        return seconds_of(given) if isinstance(given, str) else float(given)
    if rule == "error":
        return None
    present = column.values[~column.missing]
    if not len(present):
        return 0.0
    if rule == "mean":
        return _mean(present)
    return _most_frequent(present) if rule == "most_frequent" else float(np.median(present))


def _mean(values: Array) -> float:
    # Halves: the sum of two numbers near the end of float64 would leave it
    largest = float(np.max(np.abs(values)))
    unit = largest if largest > 1e100 else 1.0
    return float(np.mean(values / unit)) * unit


def _most_frequent(values: Array) -> float:
    distinct, counts = np.unique(values, return_counts=True)
    return float(distinct[np.argmax(counts)])


def text_for(rule: Rule, column: Column) -> str | None:
    """Which category stands for a missing text, by the values of `column`, which are those of the
    training rows; None for none. Of equally frequent categories the first.
    """
    if isinstance(rule, Constant):
        return str(rule.constant)
    if rule != "most_frequent":
        return None
    counts = np.bincount(column.values[~column.missing], minlength=len(column.categories))
    return column.categories[int(np.argmax(counts))] if counts.any() else None
