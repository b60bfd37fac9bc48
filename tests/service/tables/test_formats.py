"""The same rows give the same table and the same summary in every format, and both are those that
Python's own csv, datetime and statistics find.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from service.tables.media_types import CSV, JSON, NDJSON, NPZ, PARQUET

Reading = Callable[..., Any]
Columns = Mapping[str, Sequence[Any]]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MISSING = ("", "NA", "NaN", "null", "?")

numbers = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
small = st.integers(-5, 5).map(float)
times = st.integers(-2_000_000_000_000, 7_000_000_000_000).map(  # from 1906 to 2191
    lambda milliseconds: EPOCH + timedelta(milliseconds=milliseconds)
)
letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"])
# What begins with a letter such as these is no number, no date and no mark for missing
texts = st.text(letters | st.sampled_from(" ,;\"'|\n"), max_size=6).map(lambda text: f"k{text}k")
KINDS = {"number": numbers | small, "boolean": st.booleans(), "date": times, "text": texts}


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, list[Any]]]:
    """Kinds and values by column; every column has a value that is not missing."""
    names = draw(st.lists(texts.map(str.strip), min_size=2, max_size=5, unique=True))
    kinds = {name: draw(st.sampled_from(sorted(KINDS))) for name in names}
    rows = draw(st.integers(1, 12))
    columns = {}
    for name, kind in kinds.items():
        values = draw(st.lists(KINDS[kind] | st.none(), min_size=rows, max_size=rows))
        place = draw(st.integers(0, rows - 1))
        columns[name] = [*values[:place], draw(KINDS[kind]), *values[place + 1 :]]
    return kinds, columns


def written(value: Any) -> str:
    if value is None:
        return "NA"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def as_csv(columns: Columns, delimiter: str = ",", line_end: str = "\n") -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(columns)
    writer.writerows(zip(*(map(written, values) for values in columns.values()), strict=True))
    return buffer.getvalue().encode()


def jsonable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def rows_of(columns: Columns) -> list[dict[str, Any]]:
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, map(jsonable, row), strict=True)) for row in rows]


def as_json_columns(columns: Columns) -> bytes:
    return orjson.dumps(
        {"columns": {name: list(map(jsonable, values)) for name, values in columns.items()}}
    )


def as_parquet(columns: Columns) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(
        pa.table({name: pa.array(values) for name, values in columns.items()}), buffer
    )
    return buffer.getvalue()


def as_npz(columns: Columns) -> bytes | None:
    """None where numpy has no value for what is missing."""
    arrays = {}
    for name, values in columns.items():
        present = [value for value in values if value is not None]
        if isinstance(present[0], datetime):
            plain = [value and value.replace(tzinfo=None) for value in values]
            arrays[name] = np.array(plain, "datetime64[us]")
        elif isinstance(present[0], bool):
            if len(present) < len(values):
                return None
            arrays[name] = np.array(values)
        elif isinstance(present[0], str):
            arrays[name] = np.array(["?" if value is None else value for value in values])
        else:
            arrays[name] = np.array(values, np.float64)
    if any("\0" in name or "/" in name for name in arrays):
        return None
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def stood_for(value: Any) -> Any:
    """The value as a table gives it."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return (value - EPOCH) / timedelta(seconds=1)
    return value.strip() if isinstance(value, str) else float(value)


def summarised(name: str, kind: str, values: Sequence[Any]) -> dict[str, Any]:
    """What is to be told of a column, by Python's own statistics."""
    present = [stood_for(value) for value in values if value is not None]
    told: dict[str, Any] = {
        "name": name,
        "type": kind,
        "min": None,
        "max": None,
        "mean": None,
        "std": None,
        "missing": len(values) - len(present),
        "distinct": len(set(present)),
        "more_distinct": False,
    }
    if kind != "text":
        told |= {"min": min(present), "max": max(present)}
        scale = max(map(abs, present)) or 1.0
        shares = [value / scale for value in present]
        told |= {
            "mean": pytest.approx(statistics.fmean(shares) * scale, abs=1e-12 * scale),
            "std": pytest.approx(statistics.pstdev(shares) * scale, abs=1e-12 * scale),
        }
    return told


def formats(columns: Columns) -> list[tuple[bytes, str]]:
    lines = b"\n".join(map(orjson.dumps, rows_of(columns)))
    found = [
        (as_csv(columns), CSV),
        (gzip.compress(b"\xef\xbb\xbf" + as_csv(columns, ";", "\r\n")), CSV),
        (as_csv(columns, "\t"), CSV),
        (orjson.dumps(rows_of(columns)), JSON),
        (as_json_columns(columns), JSON),
        (lines, NDJSON),
        (as_parquet(columns), PARQUET),
    ]
    npz = as_npz(columns)
    return found if npz is None else [*found, (npz, NPZ)]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(table=tables())
def test_every_format_gives_the_same_table_and_summary(
    read: Reading, table: tuple[dict[str, str], dict[str, list[Any]]]
) -> None:
    kinds, columns = table
    for content, media_type in formats(columns):
        found = read(content, media_type)
        assert found.kinds() == kinds, media_type
        for told, (name, values) in zip(found.told.columns, columns.items(), strict=True):
            assert found.values(name) == [stood_for(value) for value in values], media_type
            assert told | summarised(name, kinds[name], values) == told, media_type
            assert_examples(told, [value for value in values if value is not None])


def assert_examples(told: dict[str, Any], present: Sequence[Any]) -> None:
    if told["type"] == "text":
        counts = Counter(value.strip() for value in present)
        frequent = {entry["value"]: entry["count"] for entry in told["frequent"]}
        assert sorted(frequent.values(), reverse=True) == sorted(counts.values(), reverse=True)[:5]
        assert frequent.items() <= counts.items()
    if told["type"] == "date":
        first = datetime.fromisoformat(told["examples"][0])
        assert math.isclose((first - present[0]).total_seconds(), 0, abs_tol=1e-3)
    else:
        first = present[0].strip() if isinstance(present[0], str) else present[0]
        assert told["examples"][0] == first
    assert len(told["examples"]) == min(5, told["distinct"])
