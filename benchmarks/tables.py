"""A part of the results, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """One question: what was measured, the figures, and whether what must hold does hold."""

    title: str
    how: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        return f"## {self.title}\n\n{self.how}\n\n{table}\n"


def verdict(holds: bool) -> str:
    return "yes" if holds else "**no**"
