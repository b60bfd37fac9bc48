"""The documentation keeps up: every dependency has its reason, every link its target."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.states import MOVES

ROOT = Path(__file__).resolve().parents[1]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))
PACKAGE = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)\)|src=\"([^\"]+)\"")


def test_every_required_package_has_a_decision_and_no_decision_outlives_its_package() -> None:
    required = {name for path in (ROOT / "requirements").glob("*.in") for name in packages_in(path)}
    assert decided_packages() == required


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_tells_why_and_instead_of_what(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {path.name[:4]}: ")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["Decision", "Why", "Instead of", "Consequences"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    links = ["".join(found) for found in LINK.findall(path.read_text(encoding="utf-8"))]
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (path.parent / link).exists()] == []


def test_the_life_cycle_lists_the_moves_of_the_code() -> None:
    text = (ROOT / "docs" / "job-life-cycle.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| .+ \| (.+) \|$", text, re.MULTILINE)
    told = {status: set(re.findall(r"`(\w+)`", after)) for status, after in rows}
    assert told == {status: set(after) for status, after in MOVES.items()}


def packages_in(path: Path) -> set[str]:
    return {name.lower() for name in PACKAGE.findall(path.read_text(encoding="utf-8"))}


def decided_packages() -> set[str]:
    lines = [
        line.removeprefix("Packages: ")
        for path in DECISIONS
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("Packages: ")
    ]
    return {name.strip() for line in lines for name in line.split(",")}
