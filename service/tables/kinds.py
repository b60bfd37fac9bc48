"""Texts → what they stand for: numbers, booleans, dates, or just texts. Nothing is guessed twice:
a column has one kind, and what does not fit it makes all of it text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.table import Kind

Values = Any  # a pyarrow array: float64, or string where the kind is text; null where missing

NUMBER_TEXT = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
TIME = r"\d\d:\d\d(:\d\d(\.\d+)?)?"
ZONE = r"(Z|[+-]\d\d(:?\d\d)?)"
DATE_TEXT = rf"^\d{{4}}-\d\d-\d\d([T ]{TIME}{ZONE}?)?$"
ZONED = rf"{TIME}{ZONE}$"
BEYOND_MICROSECONDS = r"(\.\d{6})\d+"
MICROSECONDS = 1_000_000


def without_marks(texts: Values, missing: Sequence[str]) -> Values:
    """The texts, null where one of `missing` stands."""
    marked = pc.is_in(texts, value_set=pa.array(missing, pa.string()))
    return pc.if_else(marked, pa.scalar(None, pa.string()), texts)


def read_as(known: Kind | None, texts: Values, kinds: Sequence[Kind]) -> tuple[Kind | None, Values]:
    """The values of `texts`, and their kind: that which is `known` of the column, or the first of
    `kinds` that fits all of them, or text. None where all are missing and nothing is known.
    """
    if texts.null_count == len(texts) and known is not Kind.TEXT:
        return known, all_missing(len(texts))
    for kind in kinds if known is None else [known]:
        if kind in READERS and (values := READERS[kind](texts)) is not None:
            return kind, values
    return Kind.TEXT, texts


def all_missing(rows: int) -> Values:
    """So many missing numbers."""
    return pa.nulls(rows, pa.float64())


def numbers(texts: Values) -> Values | None:
    """float64, if every text is a number; what is too large for one is infinite."""
    try:
        return pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        # It knows no plus sign, and refuses what is out of range
        if not _all_match(texts, NUMBER_TEXT):
            return None
    read = [None if text is None else float(text) for text in texts.to_pylist()]
    return pa.array(read, pa.float64())


def booleans(texts: Values) -> Values | None:
    """0 and 1, if every text is `true` or `false`, in capitals or not."""
    lowered = pc.utf8_lower(texts)
    words = pa.array(["true", "false"])
    if not pc.all(pc.is_in(pc.drop_null(lowered), value_set=words)).as_py():
        return None
    return pc.cast(pc.equal(lowered, "true"), pa.float64())


def dates(texts: Values) -> Values | None:
    """Seconds since 1970-01-01T00:00:00Z, if every text is a date or a time as ISO 8601 writes it:
    `2026-11-24`, `2026-11-24 15:25`, `2026-11-24T15:25:00.5+01:00`. Without a zone it is UTC.
    """
    if not _all_match(texts, DATE_TEXT):
        return None
    texts = pc.replace_substring_regex(texts, BEYOND_MICROSECONDS, r"\1")
    zoned = pc.match_substring_regex(texts, ZONED)
    nothing = pa.scalar(None, pa.string())
    try:
        utc = pc.cast(pc.if_else(zoned, texts, nothing), pa.timestamp("us", "UTC"))
        plain = pc.cast(pc.if_else(zoned, nothing, texts), pa.timestamp("us"))
    except pa.ArrowInvalid:  # such as the 30th of February
        return None
    counted = pc.coalesce(pc.cast(utc, pa.int64()), pc.cast(plain, pa.int64()))
    return seconds(counted, MICROSECONDS)


def may_hold_infinite(values: Values) -> bool:
    """Whether it is worth while to look for infinite numbers; quick, and true where there are."""
    bounds = pc.min_max(values)
    ends = (bounds["min"].as_py(), bounds["max"].as_py())
    return any(end is not None and math.isinf(end) for end in ends)


def infinite_rows(values: Values) -> list[int]:
    """Where values are infinite."""
    infinite = pc.fill_null(pc.is_inf(values), False).to_numpy(zero_copy_only=False)
    return [int(row) for row in np.flatnonzero(infinite)]


def seconds(ticks: Values, per_second: int) -> Values:
    """float64 seconds of int64 ticks since 1970, of which a second has so many.

    What is finer than a microsecond is cut off: float64 does not hold it in the times of today.
    """
    if isinstance(ticks, pa.ChunkedArray):
        ticks = ticks.combine_chunks()
    absent = pc.is_null(ticks).to_numpy(zero_copy_only=False)
    counted = pc.fill_null(ticks, 0).to_numpy(zero_copy_only=False)
    finer = max(1, per_second // MICROSECONDS)
    return pa.array(counted // finer / (per_second // finer), mask=absent)


def _all_match(texts: Values, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, pattern)).as_py())


READERS: Mapping[Kind, Callable[[Values], Values | None]] = {
    Kind.NUMBER: numbers,
    Kind.BOOLEAN: booleans,
    Kind.DATE: dates,
}
