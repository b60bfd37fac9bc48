"""JSON in its three forms, and NDJSON."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from service.tables.media_types import JSON, NDJSON

Reading = Callable[..., Any]
NO_VALUE = "is not JSON: unexpected character, expected a JSON value"
AS_NDJSON = "one object on each line is sent as application/x-ndjson"


def lines(*rows: Any) -> bytes:
    return b"\n".join(map(orjson.dumps, rows))


ROWS = [
    {"name": "ann", "size": 1, "ok": True, "day": "1970-01-02", "none": None},
    {"name": "NA", "size": 2.5, "ok": None, "day": "1970-01-01T00:00:01Z", "none": None},
    {"name": "12", "size": "?", "ok": False, "none": None},
]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (orjson.dumps(ROWS), JSON),
        (b"\xef\xbb\xbf" + orjson.dumps(ROWS), JSON),
        (gzip.compress(orjson.dumps(ROWS), mtime=0), JSON),
        (orjson.dumps({"columns": {key: [row.get(key) for row in ROWS] for key in ROWS[0]}}), JSON),
        (lines(*ROWS), NDJSON),
        (lines(*ROWS).replace(b"\n", b"\r\n\r\n"), NDJSON),
        (lines(*ROWS).replace(b"\n", b"\r"), NDJSON),
        (b"\xef\xbb\xbf" + lines(*ROWS) + b"\n", NDJSON),
        (gzip.compress(lines(*ROWS), mtime=0), NDJSON),
    ],
)
def test_rows_are_read_in_every_form(read: Reading, content: bytes, media_type: str) -> None:
    found = read(content, media_type)
    assert found.kinds() == {
        "name": "text", "size": "number", "ok": "boolean", "day": "date", "none": "number",
    }  # fmt: skip
    assert found.values("name") == ["ann", None, "12"]
    assert found.values("size") == [1, 2.5, None]
    assert found.values("ok") == [1, None, 0]
    assert found.values("day") == [86400, 1, None]
    assert found.values("none") == [None, None, None]
    assert found.told.targets == ("none",)


@pytest.mark.parametrize(
    ("targets", "names", "columns"),
    [
        (["a", "b"], ("y",), [["a", "b"]]),
        ([[1], [2]], ("y",), [[1, 2]]),
        ([[1, True], [2, False]], ("y1", "y2"), [[1, 2], [1, 0]]),
    ],
)
def test_inputs_and_targets_are_columns_by_their_place(
    read: Reading, targets: list[Any], names: tuple[str, ...], columns: list[list[Any]]
) -> None:
    found = read(orjson.dumps({"inputs": [[1, 2], [3, 4]], "targets": targets}), JSON)
    assert [field.name for field in found.table.fields] == ["x1", "x2", *names]
    assert found.values("x2") == [2, 4]
    assert [found.values(name) for name in names] == columns
    assert found.told.targets == names


@pytest.mark.parametrize(
    ("early", "late", "kind"),
    [(None, "x", "text"), ("2026-11-24", "x", "text"), (None, 7, "number")],
)
@pytest.mark.parametrize("media_type", [JSON, NDJSON])
def test_a_column_may_turn_out_to_be_something_else_late(
    read: Reading, media_type: str, early: Any, late: Any, kind: str
) -> None:
    values = [early] * 70_000 + [late]
    rows = [{"value": value, "other": 1} for value in values]
    found = read(orjson.dumps(rows) if media_type == JSON else lines(*rows), media_type)
    assert found.kinds()["value"] == kind
    assert found.values("value") == values


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"", ["is empty"]),
        (b" \n", ["is empty"]),
        (b"[]", ["holds no rows"]),
        (b"{}", ["must be an array of objects, {\"inputs\": [[…]], \"targets\": […]} or "
                 "{\"columns\": {\"name\": […], …}}"]),
        (b'[{"a": 1},\n {"a": }]', [f"line 2, character 8: {NO_VALUE}; {AS_NDJSON}"]),
        (b'[{"a": NaN}]', [f"line 1, character 8: {NO_VALUE}"]),
        (b'[{"a": 1e999}]', [
            "line 1, character 8: is not JSON: number is infinity when parsed as double"
        ]),
        (b'{"a": 1}\n{"a": 2}', [
            f"line 2, character 1: is not JSON: unexpected content after document; {AS_NDJSON}"
        ]),
        (b'[{"a": 1}, {"a": "x"}, {"a": true}]', [
            "/1/a must be a number, as the values before it are",
            "/2/a must be a number, as the values before it are",
        ]),
        (b'[{"a/b": [1]}, {"a/b": {}}]', [
            "/0/a~1b must be a number, a text, true, false or null, not an array",
            "/1/a~1b must be a number, a text, true, false or null, not an object",
        ]),
        (b'[{"a": 1}, 2, {"b": 3}]', [
            "/1 must be an object, as the first row is",
            "/2/b is of a column that the first row has not",
        ]),
        (b'[{"a": 1, " a": 2}]', ["column 2: has the name 'a', as column 1 has"]),
        (b'{"columns": {"a": [1, 2], "c": 3}}', ["/columns/c must be an array of values"]),
        (b'{"columns": {"a": [1, 2], "b": [1]}}', [
            "/columns/b has 1 value, and the first column 2"
        ]),
        (b'{"inputs": [[1, 2], [3]], "targets": [1, 2]}', [
            "/inputs/1 has 1 value, and the first row 2"
        ]),
        (b'{"inputs": [[1], 2], "targets": []}', [
            "/inputs/1 must be an array of at least one value",
        ]),
        (b'{"inputs": [[1], [2]], "targets": [1]}', [
            "/targets must hold one entry for each of the 2 rows of inputs, not 1"
        ]),
        (b'{"inputs": [], "targets": [[]]}', [
            "/inputs must be an array of at least one row",
            "/targets/0 must be an array of at least one value",
        ]),
        (b"a,b\n1,2\n", [f"line 1, character 1: {NO_VALUE}"]),
        (b"PAR1", ["was sent as application/json, and looks like a Parquet file"]),
        (b'["\xff"]', ["line 1, byte 3: 0xff is not UTF-8; save the file in UTF-8"]),
    ],
)  # fmt: skip
def test_each_fault_of_json_is_pointed_at(
    faults_of: Reading, content: bytes, faults: list[str]
) -> None:
    assert faults_of(content, JSON) == faults


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"\n", ["is empty"]),
        (b"{}", ["line 1: must be an object of values by column"]),
        (b"[1]", ["line 1: must be an object of values by column"]),
        (b'[\n{"a": 1}\n]', ["line 1: is not JSON, at its character 2: unexpected end of data; "
                             "JSON that goes over several lines is sent as application/json"]),
        (b'{"a": 1}\n\n{"a": }\n3\n{"b": 1}\n{"a": "x"}\n{"a": [1]}', [
            "line 3: is not JSON, at its character 7: unexpected character, expected a JSON value",
            "line 4: must be an object of values by column",
            "line 5: has a column 'b' that the first has not",
            "line 6, column 'a': must be a number, as the values before it are",
            "line 7, column 'a': must be a number, a text, true, false or null, not an array",
        ]),
        (b'{"a": 1}\n{"a": "\xff"}', ["line 2, byte 8: 0xff is not UTF-8; save the file in UTF-8"]),
        (b'{"a": 1}\n{"a": \x00}', ["line 2: holds a NUL byte, which no text does"]),
        (b"PK\x03\x04", ["was sent as application/x-ndjson, and looks like a ZIP archive, as NPZ "
                         "files and spreadsheets are"]),
    ],
)  # fmt: skip
def test_each_fault_of_ndjson_is_named_with_its_line(
    faults_of: Reading, content: bytes, faults: list[str]
) -> None:
    assert faults_of(content, NDJSON) == faults


@pytest.mark.parametrize(
    ("content", "media_type", "limits", "fault"),
    [
        (lines({"a": 1}, {"a": 2}), NDJSON, {"rows": 1}, "has more than the 1 rows allowed"),
        (lines({"a": 1}, {"a": "x" * 2000}), NDJSON, {"line_bytes": 1000},
         "line 2: the line or quoted value that begins here is longer than the 1,000 bytes "
         "allowed"),
        (b'[{"a": 1}, {"a": 2}]', JSON, {"rows": 1}, "has more than the 1 rows allowed"),
        (b'[{"a": 1, "b": 2}]', JSON, {"columns": 1}, "has 2 columns, 1 are the most allowed"),
        (b"[" + b" " * 5000, JSON, {"memory_bytes": 40_000},
         "is longer than the 1,000 bytes that a JSON document may have; send one object on each "
         "line, as application/x-ndjson"),
        (gzip.compress(b"[" + b" " * 5000, mtime=0), JSON, {"unpacked_bytes": 1000},
         "unpacks to more than the 1,000 bytes allowed"),
    ],
)  # fmt: skip
def test_what_is_over_a_limit_is_refused(
    faults_of: Reading, content: bytes, media_type: str, limits: dict[str, int], fault: str
) -> None:
    assert faults_of(content, media_type, **limits) == [fault]


def test_a_depth_without_end_is_refused(faults_of: Reading) -> None:
    (fault,) = faults_of(b"[" * 1_000_000, JSON)
    assert "is not JSON" in fault
