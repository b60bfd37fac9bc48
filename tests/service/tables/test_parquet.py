"""Parquet files, whole and broken."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from engine.errors import DataError
from service.tables.media_types import PARQUET

Reading = Callable[..., Any]
DAY = datetime.date(1970, 1, 2)
TIME = datetime.datetime(1970, 1, 1, 0, 0, 1, 500_000, datetime.UTC)


def parquet_of(columns: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(pa.table(columns), buffer, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("values", "kind", "read_as"),
    [
        (pa.array([1, None, 2**53], pa.int64()), "number", [1, None, 2**53]),
        (pa.array([0, 255, None], pa.uint8()), "number", [0, 255, None]),
        (pa.array([1.5, float("nan"), None], pa.float32()), "number", [1.5, None, None]),
        (pa.array(np.array([1.5, -2, 0], np.float16)), "number", [1.5, -2, 0]),
        (pa.array([Decimal("1.25"), None, None]), "number", [1.25, None, None]),
        (pa.array([True, False, None]), "boolean", [1, 0, None]),
        (pa.array([DAY, None, DAY], pa.date32()), "date", [86400, None, 86400]),
        (pa.array([DAY, None, DAY], pa.date64()), "date", [86400, None, 86400]),
        (pa.array([TIME, None, TIME], pa.timestamp("ms")), "date", [1.5, None, 1.5]),
        (pa.array([TIME, None, TIME], pa.timestamp("ns", "Asia/Tokyo")), "date", [1.5, None, 1.5]),
        (pa.array(["b", "NA", None]), "text", ["b", None, None]),
        (pa.array(["2026-11-24", "1", "true"]), "text", ["2026-11-24", "1", "true"]),
        (pa.array(["b", None, ""], pa.large_string()), "text", ["b", None, None]),
        (pa.array(["b", "a", "b"]).dictionary_encode(), "text", ["b", "a", "b"]),
        (pa.nulls(3), "number", [None, None, None]),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_a_column_is_of_the_kind_of_its_type(
    read: Reading, values: Any, kind: str, read_as: list[Any]
) -> None:
    found = read(parquet_of({"a.b": values}), PARQUET)
    assert found.kinds() == {"a.b": kind}
    assert found.values("a.b") == read_as
    assert found.told.rows == 3


def test_rows_of_many_groups_keep_their_order(read: Reading) -> None:
    content = parquet_of({"a": range(200_000), "b": ["x"] * 200_000}, row_group_size=70_001)
    found = read(content, PARQUET)
    assert found.values("a") == list(range(200_000))
    assert found.told.targets == ("b",)


WHOLE = parquet_of({"a": [1.0, 2.0], "b": ["x", "y"]})
FALSE_FOOTER = WHOLE[:-200] + bytes(range(192)) + WHOLE[-8:]
LOOKS_LIKE = "was sent as application/vnd.apache.parquet, and looks like"
NOT_WHOLE = "is not a whole Parquet file, its footer cannot be read: "


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2\n", f"{LOOKS_LIKE} something else"),
        (b'{"a": 1}', f"{LOOKS_LIKE} JSON"),
        (WHOLE[:-1], NOT_WHOLE),
        (WHOLE[:100], NOT_WHOLE),
        (b"PAR1", NOT_WHOLE),
        (b"PAR1PAR1", NOT_WHOLE),
        (b"PAR1\xff\xff\xff\x7fPAR1", NOT_WHOLE),
        (FALSE_FOOTER, NOT_WHOLE),
        (WHOLE[:4] + bytes(len(WHOLE[4:-600])) + WHOLE[-600:],
         "is not a whole Parquet file, cannot be read from row 1 on: "),
        (parquet_of({"a": pa.array([], pa.int64())}), "holds no rows"),
        (parquet_of(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])),
         "column 2: has the name 'a', as column 1 has"),
        (parquet_of({"a": [1.0, float("-inf")]}), "row 2, column 'a': is not a finite number"),
        (parquet_of({"a": [[1.0]]}), "column 'a': is nested (list<element: double>)"),
        (parquet_of({"a": [{"b": 1}]}), "column 'a': is nested (struct<b: int64>)"),
        (parquet_of({"a": [b"\xff"]}), "column 'a': is of a type not understood (binary)"),
        (parquet_of({"a": pa.array([1], pa.time64("us"))}),
         "column 'a': is of a type not understood (time64[us])"),
        (parquet_of({"a": pa.array([b"\xff"]).cast(pa.string(), safe=False)}),
         "is not a whole Parquet file, cannot be read from row 1 on: "),
    ],
)  # fmt: skip
def test_each_fault_is_named(faults_of: Reading, content: bytes, begins: str) -> None:
    (fault,) = faults_of(content, PARQUET)
    assert fault.startswith(begins)


@pytest.mark.parametrize(
    ("limits", "fault"),
    [
        ({"rows": 1}, "has 2 rows, 1 are the most allowed"),
        ({"columns": 1}, "has 2 columns, 1 are the most allowed"),
        ({"cells": 3}, "has more than the 3 cells allowed: 2 rows and more of 2 columns"),
    ],
)
def test_what_is_over_a_limit_is_refused(
    faults_of: Reading, limits: dict[str, int], fault: str
) -> None:
    assert faults_of(WHOLE, PARQUET, **limits) == [fault]


@pytest.mark.parametrize("place", range(0, len(WHOLE), 7))
def test_no_changed_byte_is_more_than_a_fault(read: Reading, place: int) -> None:
    """Whatever one byte is turned into, the file is read or refused."""
    changed = bytearray(WHOLE)
    changed[place] ^= 0xFF
    with suppress(DataError):
        assert read(bytes(changed), PARQUET).table.rows == 2
