"""What the marks of a picture stand for, in rows that flow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from service.plots.palette import Palette
from service.plots.svg import Markup, joined, line, tag, text, width_of

SWATCH = 18.0
BEFORE_WORDS = 6.0
BETWEEN = 16.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One mark: its words, the part of the palette it is painted as, and its kind."""

    words: str
    part: str
    kind: Literal["line", "dash", "circle", "dot"]


def legend_rows(
    entries: Iterable[Entry], size: float, width: float, most: int
) -> list[list[Entry]]:
    """The entries in at most `most` rows no wider than `width`; what has no room is left out."""
    rows: list[list[Entry]] = []
    used = width
    for entry in entries:
        wide = SWATCH + BEFORE_WORDS + width_of(entry.words, size) + BETWEEN
        if used + wide - BETWEEN > width:
            if len(rows) == most:
                break
            rows.append([])
            used = 0.0
        rows[-1].append(entry)
        used += wide
    return rows


def draw_legend(
    rows: Sequence[Sequence[Entry]], palette: Palette, size: float, x: float, y: float
) -> Markup:
    """The rows, the baseline of the first at `y`."""
    parts = []
    for index, row in enumerate(rows):
        at, baseline = x, y + index * size * 1.4
        for entry in row:
            parts.append(_swatch(entry, palette, at, baseline - size * 0.35))
            at += SWATCH + BEFORE_WORDS
            painted = palette.paint(fill="ink")
            parts.append(text(entry.words, at, baseline, font_size=size, **painted))
            at += width_of(entry.words, size) + BETWEEN
    return joined(parts)


def _swatch(entry: Entry, palette: Palette, x: float, y: float) -> Markup:
    middle = x + SWATCH / 2
    if entry.kind == "circle":
        painted = palette.paint(fill="ground", stroke=entry.part)
        return tag("circle", cx=middle, cy=y, r=4, stroke_width=2, **painted)
    if entry.kind == "dot":
        return tag("circle", cx=middle, cy=y, r=4, **palette.paint(fill=entry.part))
    dashes = {"stroke_dasharray": "4 3"} if entry.kind == "dash" else {}
    painted = palette.paint(stroke=entry.part)
    return line((x, y), (x + SWATCH, y), stroke_width=2, **dashes, **painted)
