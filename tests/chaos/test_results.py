"""What was done on the same code is not done again, and the figures tell what was done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chaos import report
from chaos.results import Results
from chaos.rounds import Verdict
from chaos.table import FAULTS

FAULT = FAULTS[0]
CLEAN = Verdict(
    group=FAULT.group,
    fault=FAULT.name,
    stack="embedded",
    seed=1,
    jobs=4,
    flaws={},
    texts=[],
    recoveries=[1.0, 3.0],
    notes={},
    seconds=60.0,
)


def test_rounds_are_kept_for_the_code_they_were_done_on(tmp_path: Path) -> None:
    file = tmp_path / "kept" / "rounds.jsonl"
    Results(file, code="old").add(CLEAN)
    Results(file, code="new").add(CLEAN)
    Results(file, code="new").add(replace(CLEAN, seed=2))
    again = Results(file, code="new")
    assert again.verdicts == [CLEAN, replace(CLEAN, seed=2)]
    assert again.done(FAULT, "embedded") == 2
    assert again.done(FAULT, "servers") == 0


def test_the_table_adds_up_the_rounds_of_a_fault() -> None:
    marred = replace(CLEAN, flaws={"lost": 1, "wrong": 2}, recoveries=[7.0])
    rows = report.table([CLEAN, marred], [(FAULT.name, "embedded")]).splitlines()[2:]
    told = "2 | 8 | 1 | 0 | 2 | 0 | 3.0 s | 7.0 s |"
    assert rows == [f"| 1 | {FAULT.name} | embedded | {told}", f"|  | **all** |  | {told}"]


@pytest.mark.parametrize(("share", "value"), [(0.5, 2.0), (0.95, 4.0), (0.25, 1.0)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert report.percentile([4.0, 1.0, 3.0, 2.0], share) == value
    assert report.percentile([], share) is None


def test_figures_replace_those_before_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.write("new", page)
    report.write("newer", page)
    assert page.read_text() == f"before\n{report.BEGIN}\n\nnewer\n\n{report.END}\nafter\n"


def test_every_row_of_the_table_has_a_name_of_its_own() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(set(names)) == len(names)
    assert {fault.group for fault in FAULTS} == set(range(1, 11))
