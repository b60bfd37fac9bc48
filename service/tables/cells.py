"""Values as JSON writes them → a column of one kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from engine.table import Kind
from service.tables.kinds import Values, all_missing, read_as

Refuse = Callable[[int, str], None]  # the place of a value among those given, and what is wrong

TYPES: Mapping[Kind, frozenset[type]] = {
    Kind.NUMBER: frozenset({int, float}),
    Kind.BOOLEAN: frozenset({bool}),
    Kind.DATE: frozenset({str}),
    Kind.TEXT: frozenset({str}),
}
WORDS: Mapping[Kind, str] = {
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "true or false",
    Kind.DATE: "a text",
    Kind.TEXT: "a text",
}
NESTED = (list, dict)
NOTHING = type(None)


def values_of(
    given: Sequence[Any], known: Kind | None, missing: Sequence[str], refuse: Refuse
) -> tuple[Kind | None, Values]:
    """The kind of a column, which may be `known` from values before these, and its values.

    Texts are dates if all of them are; they are never numbers. What does not fit is refused, and
    is missing in what is given back.
    """
    present = set(map(type, given)) - {NOTHING}
    if str in present:
        marks = frozenset(missing)
        given = [None if type(value) is str and value in marks else value for value in given]
        present = set(map(type, given)) - {NOTHING}
    kind = known or next((found for value in given if (found := _kind(value))), None)
    if kind is None or not present <= TYPES[kind]:
        given = _without_misfits(given, kind, refuse)
    if kind is None:
        return None, all_missing(len(given))
    if str in TYPES[kind]:
        return read_as(known, pa.array(given, pa.string()), [Kind.DATE])
    return kind, pa.array(np.array(given, np.float64))


def _without_misfits(given: Sequence[Any], kind: Kind | None, refuse: Refuse) -> list[Any]:
    fitting: list[Any] = []
    for place, value in enumerate(given):
        fits = value is None or (kind is not None and type(value) in TYPES[kind])
        if not fits:
            refuse(place, _misfit(value, kind))
        fitting.append(value if fits else None)
    return fitting


def _misfit(value: Any, kind: Kind | None) -> str:
    if isinstance(value, NESTED):
        what = "an array" if isinstance(value, list) else "an object"
        return f"must be a number, a text, true, false or null, not {what}"
    assert kind is not None
    return f"must be {WORDS[kind]}, as the values before it are"


def _kind(value: Any) -> Kind | None:
    return next(
        (kind for kind in (Kind.NUMBER, Kind.BOOLEAN, Kind.TEXT) if type(value) in TYPES[kind]),
        None,
    )
