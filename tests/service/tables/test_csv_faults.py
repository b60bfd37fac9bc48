"""Every way for a CSV file to be wrong is told in one sentence, with the line."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Reading = Callable[..., Any]
ROWS = b"".join(b"%d,%d\n" % (row, row) for row in range(50_000))  # more than one piece

TOO_LONG = "the line or quoted value that begins here is longer than the 1,000 bytes allowed"


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"", ["is empty"]),
        (b"\n \n", ["is empty"]),
        (b"\xef\xbb\xbf", ["is empty"]),
        (gzip.compress(b"", mtime=0), ["is empty"]),
        (b"a,b\n", ["holds no rows"]),
        (b"a,b", ["holds no rows"]),
        (b"a,b\n1,2\n3\n4,5,6\n", [
            "line 3: has 1 value, where 2 columns are",
            "line 4: has 3 values, where 2 columns are",
        ]),
        (b'a,b\n\n"1\n\n",2\n\n3\n', ["line 7: has 1 value, where 2 columns are"]),
        (b"a,b\r1,2\r3\r", ["line 3: has 1 value, where 2 columns are"]),
        (b"a,b\n" + b"1\n" * 8, [
            *(f"line {line}: has 1 value, where 2 columns are" for line in range(2, 7)),
            "has 3 more rows of the wrong length",
        ]),
        (b"a,b\n" + ROWS + b"1\n", ["line 50,002: has 1 value, where 2 columns are"]),
        (b"a,b,a\n1,2,3\n", ["column 3: has the name 'a', as column 1 has"]),
        (b"a,x1,\n1,2,3\n", []),
        (b"a,x3,\n1,2,3\n", ["column 3: has the name 'x3', as column 2 has"]),
        (b"a,b\n1,inf\n2,3\n-Infinity,4\n", [
            "line 4, column 'a': '-Infinity' is not a finite number",
            "line 2, column 'b': 'inf' is not a finite number",
        ]),
        (b"a,b\n1,1e999\n", ["line 2, column 'b': '1e999' is not a finite number"]),
        (b"a,b\n" + ROWS + b"\n1,-inf\n", [
            "line 50,003, column 'b': '-inf' is not a finite number"
        ]),
        (b"a,b\n1,caf\xe9\n", ["line 2, byte 6: 0xe9 is not UTF-8; save the file in UTF-8"]),
        (b"caf\xe9,b\n1,2\n", ["line 1, byte 4: 0xe9 is not UTF-8; save the file in UTF-8"]),
        (b"a,b\n" + ROWS + b"\xff,2\n", [
            "line 50,002, byte 1: 0xff is not UTF-8; save the file in UTF-8"
        ]),
        (b"a,b\n1,\x002\n", ["line 2: holds a NUL byte, which no text does"]),
        (b'a,b\n1,"2\n3,4\n', ["line 2: a quote opens a value and no quote closes it"]),
        (b"a b c\n1 2 3\n4 5 6\n", [
            "has one column only, with a space in each line: values must be parted by "
            "a comma, a semicolon, a tab or a |"
        ]),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], [
            "ends in the middle of what gzip packed: it is cut off"
        ]),
        (gzip.compress(b"a,b\n1,2\n", mtime=0) + b"more", [
            "is not what gzip packs: Error -3 while decompressing data: incorrect header check"
        ]),
        (b'{"a": 1}', ["was sent as text/csv, and looks like JSON"]),
        (b"PAR1....", ["was sent as text/csv, and looks like a Parquet file"]),
        (b"PK\x03\x04....", [
            "was sent as text/csv, and looks like a ZIP archive, as NPZ files and spreadsheets are"
        ]),
        (gzip.compress(b"PAR1....", mtime=0), [
            "was sent as text/csv, and looks like a Parquet file"
        ]),
        ("a,b\n1,2\n".encode("utf-16"), ["was sent as text/csv, and looks like text in UTF-16"]),
        (b"<!doctype html>", ["was sent as text/csv, and looks like a web page"]),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_line(
    read: Reading, faults_of: Reading, content: bytes, faults: list[str]
) -> None:
    if not faults:
        read(content)
    else:
        assert faults_of(content) == faults


@pytest.mark.parametrize(
    ("content", "limits", "fault"),
    [
        (b"a,b\n1,2\n3,4\n", {"rows": 1}, "has more than the 1 rows allowed"),
        (b"a,b\n1,2\n3,4\n", {"cells": 3},
         "has more than the 3 cells allowed: 2 rows and more of 2 columns"),
        (b"a,b\n1,2\n", {"columns": 1}, "has 2 columns, 1 are the most allowed"),
        (b",".join(b"c%d" % place for place in range(100_000)) + b"\n", {},
         "has 100,000 columns, 10,000 are the most allowed"),
        (b"a,b\n1," + b"2" * 2000 + b"\n", {"line_bytes": 1000},
         f"line 2: {TOO_LONG}"),
        (b"a" * 2000 + b",b\n", {"line_bytes": 1000},
         f"line 1: {TOO_LONG}"),
        (b'a,b\n1,"' + b"2\n" * 2000 + b'"\n', {"line_bytes": 1000},
         f"line 2: {TOO_LONG}"),
        (gzip.compress(b"a,b\n" + b"1,2\n" * 5000, mtime=0), {"unpacked_bytes": 10_000},
         "unpacks to more than the 10,000 bytes allowed"),
    ],
)  # fmt: skip
def test_what_is_over_a_limit_is_refused(
    faults_of: Reading, content: bytes, limits: dict[str, int], fault: str
) -> None:
    assert faults_of(content, **limits) == [fault]


def test_a_line_of_200_megabytes_is_refused_before_it_is_read(
    faults_of: Reading, tmp_path: Path
) -> None:
    path = tmp_path / "long"
    with path.open("wb") as file:
        file.write(b"a,b\n1,")
        for _ in range(200):
            file.write(b"2" * 1_000_000)
    (fault,) = faults_of(path)
    assert fault.startswith("line 2: the line or quoted value that begins here is longer than")


def test_faults_end_after_a_hundred(faults_of: Reading) -> None:
    assert len(faults_of(b"a,b\n" + b"1,inf\n" * 1000)) == 100
