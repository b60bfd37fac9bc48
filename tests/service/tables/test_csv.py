"""CSV as people write it: every delimiter, quote, line end and kind of value."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from typing import Any

import pytest

Reading = Callable[..., Any]
PLAIN = b"name,size\nann,1\nbob,2.5\n"


@pytest.mark.parametrize("delimiter", [b",", b";", b"\t", b"|"])
@pytest.mark.parametrize("quote", [b"", b'"', b"'"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_parts_quotes_and_ends_is_found(
    read: Reading, delimiter: bytes, quote: bytes, line_end: bytes, mark: bytes
) -> None:
    rows = [[b"name", b"size"], [b"ann", b"1"], [b"bob", b"2.5"]]
    lines = [delimiter.join(quote + cell + quote for cell in row) for row in rows]
    found = read(mark + line_end.join(lines))
    assert found.values("name") == ["ann", "bob"]
    assert found.values("size") == [1.0, 2.5]
    assert found.kinds() == {"name": "text", "size": "number"}
    assert found.told.rows == 2
    assert found.told.targets == ("size",)


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"a,b\n1,2\n", ["a", "b"]),
        (b"1,2\n3,4\n", ["x1", "x2"]),
        (b"name,2019\nann,1\n", ["x1", "x2"]),
        (b"year,2019\n1,2\n", ["year", "2019"]),
        (b",b\n1,2\n", ["x1", "b"]),
        (b"\n\na,b\n\n1,2\n", ["a", "b"]),
        (b' a ," b"\n1,2\n', ["a", "b"]),
        (b"red,green\nblue,white\n", ["red", "green"]),
        (b"2026-11-24,3\n2026-11-25,4\n", ["x1", "x2"]),
        (b'"a\nb",c\n1,2\n', ["a\nb", "c"]),
        ("größe,名\n1,2\n".encode(), ["größe", "名"]),
        (b"n\n1\n2\n", ["n"]),
    ],
)
def test_names_are_found_or_made(read: Reading, content: bytes, names: list[str]) -> None:
    assert [field.name for field in read(content).table.fields] == names


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "-2.5", "+3", ".5", "1e3", " 7 "], "number", [1, -2.5, 3, 0.5, 1000, 7]),
        (["1", "", "NA", "NaN", "null", "?", "nan"], "number", [1] + [None] * 6),
        (["true", "False", "TRUE", "NA"], "boolean", [1, 0, 1, None]),
        (["true", "1"], "text", ["true", "1"]),
        (["", "NA"], "number", [None, None]),
        (["1", "x", ""], "text", ["1", "x", None]),
        (["1970-01-02", "1970-01-01T00:00:01"], "date", [86400, 1]),
        (["1970-01-01T00:00:00.25Z", "1970-01-01 01:00:00+01:00", "?"], "date", [0.25, 0, None]),
        (["1970-01-01T00:00:00.123456789"], "date", [0.123456]),
        (["1969-12-31T23:59", "1970-01-01T00:00-00:01"], "date", [-60, 60]),
        (["2024-02-30"], "text", ["2024-02-30"]),
        (["2024-02-03", "3"], "text", ["2024-02-03", "3"]),
        (["1_000"], "text", ["1_000"]),
        (["0x10"], "text", ["0x10"]),
        (["é", "e"], "text", ["é", "e"]),
    ],
)
def test_a_column_is_of_the_kind_that_fits_all_its_values(
    read: Reading, cells: list[str], kind: str, values: list[Any]
) -> None:
    content = "\n".join(["first,value", *(f"a,{cell}" for cell in cells)])
    found = read(content.encode())
    assert found.kinds()["value"] == kind
    assert found.values("value") == values


def test_quoted_values_hold_delimiters_quotes_and_lines(read: Reading) -> None:
    found = read(b'a,b\n"x, ""y""\nz",1\n5" pipe,2\n"",3\n')
    assert found.values("a") == ['x, "y"\nz', '5" pipe', None]
    assert found.values("b") == [1, 2, 3]


def test_the_texts_for_missing_are_a_setting(read: Reading) -> None:
    found = read(b"a,b\n-,1\nNA,-\n", missing=("-",))
    assert found.values("a") == [None, "NA"]
    assert found.values("b") == [1, None]


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(PLAIN, mtime=0),
        gzip.compress(PLAIN[:9], mtime=0) + gzip.compress(PLAIN[9:], mtime=0),
        gzip.compress(PLAIN, mtime=0) + b"\0" * 40,
        gzip.compress(b"\xef\xbb\xbf" + PLAIN, 0, mtime=0),
    ],
    ids=["one", "two joined", "padded", "with a mark"],
)
def test_gzip_is_known_by_its_first_bytes(read: Reading, packed: bytes) -> None:
    assert read(packed).values("size") == [1, 2.5]


LATE = 120_000  # rows, of which the first piece holds a part only


@pytest.mark.parametrize(
    ("early", "late", "kind"),
    [("1", "x", "text"), ("", "true", "boolean"), ("", "x", "text"), ("1970-01-01", "7", "text")],
)
def test_a_column_may_turn_out_to_be_something_else_late(
    read: Reading, early: str, late: str, kind: str
) -> None:
    lines = ["first,second"] + [f"{row},{early}" for row in range(LATE)] + [f"{LATE},{late}"]
    found = read("\n".join(lines).encode())
    assert found.kinds() == {"first": "number", "second": kind}
    values = found.values("second")
    assert len(values) == LATE + 1
    assert values[0] == (early or None)
    assert values[-1] == {"true": 1.0}.get(late, late)
    assert found.values("first") == list(range(LATE + 1))


def test_pieces_are_cut_between_records_and_not_within_values(read: Reading) -> None:
    """Values that hold lines and stray quotes lie across where the file is cut."""
    rows = [(f'say "{row}"\n' * 3 + "x", f"6'2\" {row}", row) for row in range(40_000)]
    lines = ["quoted,stray,number"]
    lines += ['"{}",{},{}'.format(a.replace('"', '""'), b, c) for a, b, c in rows]
    found = read("\n".join(lines).encode())
    assert found.values("quoted") == [row[0] for row in rows]
    assert found.values("stray") == [row[1] for row in rows]
    assert found.values("number") == [row[2] for row in rows]


def test_zeros_without_end_are_met_early(faults_of: Reading) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(50)) + packer.flush()
    assert len(bomb) < 1024 * 1024
    assert faults_of(bomb) == ["line 1: holds a NUL byte, which no text does"]
