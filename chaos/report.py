"""The figures: one row for each fault and stack, as Markdown."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from chaos.checks import Kind
from chaos.rounds import Verdict
from chaos.stack import ROOT

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- figures: written by make chaos -->", "<!-- end of figures -->"
HEAD = (
    "| | fault | stack | rounds | jobs | lost | doubled | wrong | left over"
    " | recovery p50 | p95 |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


def table(verdicts: Sequence[Verdict], order: Sequence[tuple[str, str]]) -> str:
    """A row for each fault and stack, in ``order``, and one for all."""
    ranked = sorted(verdicts, key=_key(order))
    rows = [_row(list(alike)) for _, alike in groupby(ranked, key=_key(order))]
    return "\n".join([HEAD, *rows, _total(verdicts)])


def figures(verdicts: Sequence[Verdict], order: Sequence[tuple[str, str]], skipped: str) -> str:
    """All that is written into the page."""
    days = datetime.now(UTC).date().isoformat()
    minutes = sum(each.seconds for each in verdicts) / 60
    told = f"{len(verdicts)} rounds in {minutes:.0f} minutes, last on {days}."
    return "\n\n".join(filter(None, [told, table(verdicts, order), skipped]))


def write(text: str, page: Path = PAGE) -> None:
    """Put the figures between the page's marks."""
    whole = page.read_text(encoding="utf-8")
    before, _, rest = whole.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def percentile(values: Sequence[float], share: float) -> float | None:
    """The least value that at least this share of them does not exceed."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _key(order: Sequence[tuple[str, str]]) -> Callable[[Verdict], int]:
    places = {each: place for place, each in enumerate(order)}
    return lambda verdict: places[verdict.fault, verdict.stack]


def _row(alike: Sequence[Verdict]) -> str:
    first = alike[0]
    return _line(str(first.group), first.fault, first.stack, alike)


def _total(verdicts: Sequence[Verdict]) -> str:
    return _line("", "**all**", "", verdicts)


def _line(group: str, fault: str, stack: str, verdicts: Sequence[Verdict]) -> str:
    recoveries = [seconds for each in verdicts for seconds in each.recoveries]
    counts = [sum(each.flaws.get(kind, 0) for each in verdicts) for kind in Kind]
    cells = [group, fault, stack, len(verdicts), sum(each.jobs for each in verdicts), *counts]
    shown = [_seconds(percentile(recoveries, share)) for share in (0.5, 0.95)]
    return "| " + " | ".join(str(cell) for cell in [*cells, *shown]) + " |"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} s"
