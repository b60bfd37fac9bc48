"""A small SVG of measured points, each panel with the straight line that fits them best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

WIDTH, HEIGHT = 720, 320
TOP, BOTTOM = 52, 264
PANEL_WIDTH, MARGIN, GAP = 272, 64, 72
LINE, POINTS, GRID, TITLE = "#94a3b8", "#2563eb", "#e2e8f0", "#0f172a"


@dataclass(frozen=True)
class Panel:
    """Seconds by some quantity."""

    title: str
    quantity: str
    quantities: Sequence[int]
    seconds: Sequence[float]

    def line(self) -> tuple[float, float]:
        """Slope and offset of the least squares; relative, so that each point counts alike."""
        weights = 1.0 / np.asarray(self.seconds)
        slope, offset = np.polyfit(self.quantities, self.seconds, 1, w=weights)
        return float(slope), float(offset)

    def fitted(self) -> list[float]:
        slope, offset = self.line()
        return [offset + slope * quantity for quantity in self.quantities]


def svg(panels: Sequence[Panel]) -> str:
    """The panels side by side."""
    drawn = [line for place, panel in enumerate(panels) for line in _panel(place, panel)]
    return "\n".join([*_head(), *drawn, "</svg>", ""])


def _head() -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="system-ui, sans-serif" font-size="13" fill="#475569">'
    )
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#ffffff"/>'


def _panel(place: int, panel: Panel) -> Iterator[str]:
    left = MARGIN + place * (PANEL_WIDTH + GAP)
    across = PANEL_WIDTH / max(panel.quantities)
    down = (BOTTOM - TOP) / (1.05 * max(panel.seconds))
    points = [
        (left + across * quantity, BOTTOM - down * seconds)
        for quantity, seconds in zip(panel.quantities, panel.seconds, strict=True)
    ]
    yield f'<text x="{left}" y="28" font-size="15" fill="{TITLE}">{panel.title}</text>'
    yield from _axes(left, across, down, panel)
    yield _fit(left, across, down, panel)
    for x, y in points:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{POINTS}"/>'


def _axes(left: float, across: float, down: float, panel: Panel) -> Iterator[str]:
    for seconds in _ticks(max(panel.seconds)):
        y = BOTTOM - down * seconds
        yield f'<path d="M{left} {y:.1f}h{PANEL_WIDTH}" stroke="{GRID}"/>'
        yield f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{seconds:g}</text>'
    for quantity in _ticks(max(panel.quantities)):
        x = left + across * quantity
        yield f'<text x="{x:.1f}" y="{BOTTOM + 20}" text-anchor="middle">{quantity:,.0f}</text>'
    middle = left + PANEL_WIDTH / 2
    yield f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">{panel.quantity}</text>'


def _fit(left: float, across: float, down: float, panel: Panel) -> str:
    slope, offset = panel.line()
    last = max(panel.quantities)
    ends = [(left + across * x, BOTTOM - down * (offset + slope * x)) for x in (0, last)]
    (x1, y1), (x2, y2) = ends
    path = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
    return f'<path d="{path}" stroke="{LINE}" stroke-width="2" stroke-dasharray="5 4"/>'


def _ticks(most: float) -> list[float]:
    """0 and a few round numbers up to `most`."""
    magnitude = 10.0 ** np.floor(np.log10(most))
    step = next(s * magnitude for s in (0.2, 0.5, 1.0, 2.0, 5.0) if most / (s * magnitude) <= 5)
    return [float(step * number) for number in range(int(most / step) + 1)]
