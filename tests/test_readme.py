"""The README keeps its word: its curl tour is typed and each answer read, its settings are all."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from examples.running import service
from service.config import Config

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DEFAULT_ADDRESS = "http://127.0.0.1:8000"
LEFT_OUT = "…"
# The README shows three digits; other processors round differently.
CLOSE = {"rel": 0.02, "abs": 0.002}


@dataclass(frozen=True)
class Step:
    """What a reader types, and what the README says is answered."""

    commands: str
    answer_kind: str
    answer: str


def steps() -> list[Step]:
    tour = README.partition("## A tour by curl")[2].partition("\n## ")[0]
    blocks = BLOCK.findall(tour)
    return [Step(*first[1:], *second) for first, second in pairwise(blocks) if first[0] == "bash"]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The tour typed into one shell, from its first to its last command: what each step printed."""
    if shutil.which("curl") is None or shutil.which("bash") is None:
        reason = "the tour needs curl and bash"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    folder = tmp_path_factory.mktemp("tour")
    with service("--workers", "1") as running:
        script = "\n".join(
            f"{{\n{step.commands}}} > answer.{number}" for number, step in enumerate(steps())
        )
        here = script.replace(DEFAULT_ADDRESS, running.url)
        environment = {**os.environ, "no_proxy": "127.0.0.1"}
        subprocess.run(["bash", "-euc", here], cwd=folder, env=environment, check=True, timeout=120)
    return [(folder / f"answer.{number}").read_text() for number in range(len(steps()))]


@pytest.mark.parametrize("number", range(len(steps())))
def test_the_tour_is_answered_as_the_readme_says(answers: list[str], number: int) -> None:
    step = steps()[number]
    decode = {"json": json.loads, "csv": csv_rows}[step.answer_kind]
    assert differences(decode(step.answer), decode(answers[number])) == []


def test_every_request_of_the_tour_shows_its_answer() -> None:
    assert len(steps()) >= 10
    assert README.count("```bash\n") == len(steps())


def test_the_settings_table_is_that_of_the_service() -> None:
    rows = [
        f"| `{setting.name}` | {code(setting.default)} | {setting.help} |"
        for setting in Config.describe()
    ]
    table = README.partition("## Settings")[2].partition("\n## ")[0]
    assert [line for line in table.splitlines() if line.startswith("| `")] == rows


@pytest.mark.parametrize(
    ("shown", "given", "place"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, "/b"),
        ({"a": 1, "…": "…"}, {"a": 2, "b": 2}, "/a"),
        ({"a": [1, 2]}, {"a": [1]}, "/a"),
        ({"a": ["job_…"]}, {"a": ["ds_1"]}, "/a/0"),
        ({"a": None}, {"a": 0}, "/a"),
        ({"a": 0.5}, {"a": 0.6}, "/a"),
        ({"a": True}, {"a": 1}, "/a"),
    ],
)
def test_another_answer_than_the_one_shown_would_be_noticed(
    shown: Any, given: Any, place: str
) -> None:
    assert [difference.partition(":")[0] for difference in differences(shown, given)] == [place]


def code(text: str) -> str:
    return f"`{text}`" if text else ""


def differences(shown: Any, given: Any, place: str = "") -> list[str]:
    """Where an answer is another than the one that is shown, which may leave things out."""
    if isinstance(shown, dict) and isinstance(given, dict):
        named = shown.keys() - {LEFT_OUT}
        surprising = set() if LEFT_OUT in shown else given.keys() - named
        return [f"{place}/{name}: not shown" for name in sorted(surprising)] + [
            difference
            for name in sorted(named)
            for difference in differences(shown[name], given.get(name), f"{place}/{name}")
        ]
    if isinstance(shown, list) and isinstance(given, list) and len(shown) == len(given):
        return [
            difference
            for number, (one, other) in enumerate(zip(shown, given, strict=True))
            for difference in differences(one, other, f"{place}/{number}")
        ]
    return [] if same(shown, given) else [f"{place}: {shown!r} is shown, {given!r} was given"]


def same(shown: Any, given: Any) -> bool:
    if isinstance(shown, str) and isinstance(given, str):
        pattern = ".*".join(re.escape(piece) for piece in shown.split(LEFT_OUT))
        return re.fullmatch(pattern, given, re.DOTALL) is not None
    if isinstance(shown, float) and isinstance(given, float):
        return bool(given == pytest.approx(shown, **CLOSE))
    return type(shown) is type(given) and bool(shown == given)


def csv_rows(text: str) -> list[list[str | float]]:
    return [[_number(cell) for cell in row] for row in csv.reader(text.splitlines())]


def _number(cell: str) -> str | float:
    try:
        return float(cell)
    except ValueError:
        return cell
