"""benchmarks/results.md: its parts, each kept until it is measured anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import machine
from benchmarks.tables import UNMET, Section

RESULTS = Path(__file__).with_name("results.md")
NOTES = Path(__file__).with_name("notes.md")
INTRODUCTION = (
    "Made by `make bench`, or part by part by `python -m benchmarks NAME…`. Each table compares "
    "what was measured side by side in one run; single times say as much about the machine as "
    "about the code."
)
MARK = re.compile(r"^<!-- part: (\w+) -->\n", re.MULTILINE)


def part(sections: Sequence[Section], load: float) -> str:
    """The sections that were measured now and here, as text; `load`: what else there was to do."""
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    measured = f"Measured on {now} UTC; load average of the minute before: {load:.1f}."
    here = [f"- {line}" for line in machine.describe()]
    lines = [measured, "", *here, "", *(section.markdown() for section in sections)]
    return "\n".join(lines).strip() + "\n"


def read() -> dict[str, str]:
    """The parts of the results as they stand, by name."""
    if not RESULTS.exists():
        return {}
    _, *pieces = MARK.split(RESULTS.read_text(encoding="utf-8"))
    return dict(zip(pieces[::2], (text.strip() + "\n" for text in pieces[1::2]), strict=True))


def write(parts: Mapping[str, str], order: Sequence[str]) -> None:
    """Write the parts in this order, below what they were measured on and what is not met."""
    kept = {name: parts[name] for name in order if name in parts}
    lines = ["# Results", "", INTRODUCTION, ""]
    lines += ["## What is not met", "", *_unmet(kept), "", NOTES.read_text(encoding="utf-8")]
    lines += [f"<!-- part: {name} -->\n{text}" for name, text in kept.items()]
    RESULTS.write_text("\n".join(lines), encoding="utf-8")


def _unmet(parts: Mapping[str, str]) -> list[str]:
    found = [line for text in parts.values() for line in _unmet_lines(text)]
    return found or ["Nothing: every bar is met."]


def _unmet_lines(text: str) -> Iterator[str]:
    title = ""
    for line in text.splitlines():
        if line.startswith("## "):
            title = line.removeprefix("## ")
        elif UNMET in line and line.startswith("|"):
            yield f"- {title}: {line.split('|')[1].strip()}"
