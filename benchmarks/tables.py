"""A part of the results, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

UNMET = "**no**"


@dataclass(frozen=True)
class Section:
    """One question: what was measured, the figures, and whether what must hold does hold.

    `after` is said below the table.
    """

    title: str
    how: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    after: str = ""

    def markdown(self) -> str:
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        parts = [f"## {self.title}", self.how, table, self.after]
        return "\n\n".join(filter(None, parts)) + "\n"


def verdict(holds: bool) -> str:
    return "yes" if holds else UNMET
