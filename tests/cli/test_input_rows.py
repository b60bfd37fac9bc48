"""Rows to predict on, from words and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from cli.remote.input_rows import cell, rows_of

ROWS = [{"x": 1.5, "kind": "a"}, {"x": None, "kind": "b c"}]
FILES = {
    "rows.csv": "x,kind\n1.5,a\n,b c\n",
    "rows.json": '[{"x": 1.5, "kind": "a"}, {"x": null, "kind": "b c"}]',
    "rows.ndjson": '{"x": 1.5, "kind": "a"}\n\n{"x": null, "kind": "b c"}\n',
    "bom.csv": "\ufeffx,kind\r\n1.5,a\r\n,b c\r\n",
    "rows.txt": ' [{"x": 1.5, "kind": "a"}, {"x": null, "kind": "b c"}]',
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_holds_rows_by_column(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(FILES[name], encoding="utf-8", newline="")
    assert rows_of([], str(tmp_path / name)) == ROWS


def test_a_quoted_cell_may_hold_commas_and_line_ends(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text('x,kind\n1,"a, b\nc"\n')
    assert rows_of([], str(tmp_path / "rows.csv")) == [{"x": 1.0, "kind": "a, b\nc"}]


def test_words_are_rows_without_names() -> None:
    assert rows_of(["1, 2.5,", "a,-1e3,b"], None) == [[1.0, 2.5, None], ["a", -1000.0, "b"]]


@pytest.mark.parametrize(
    ("text", "value"), [("nan", "nan"), ("inf", "inf"), ("1_0", 10.0), (" 7 ", 7.0), ("", None)]
)
def test_what_json_has_no_number_for_stays_text(text: str, value: Any) -> None:
    assert cell(text) == value


def test_no_rows_at_all_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("x,kind\n")
    for file in (None, str(tmp_path / "rows.csv")):
        with pytest.raises(click.UsageError, match="no rows"):
            rows_of([], file)


def test_a_file_that_is_no_json_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text("[1,")
    with pytest.raises(click.UsageError, match="no JSON"):
        rows_of([], str(tmp_path / "rows.json"))
