"""The samples of a run as a small SVG: jobs that wait, and below it the memory of each part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from benchmarks.endurance.sampling import PARTS, Sample

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT = 64, 600
PANEL_HEIGHT = 120
TITLE, TEXT, GRID = "#0f172a", "#475569", "#e2e8f0"
COLOURS = {"unfinished": "#2563eb", "serve": "#2563eb", "worker": "#c2410c", "scheduler": "#15803d"}


@dataclass(frozen=True)
class Panel:
    """Curves over the same seconds, from 0 up."""

    title: str
    top: int
    seconds: Sequence[float]
    curves: dict[str, Sequence[float]]


def svg(samples: Sequence[Sample], description: str) -> str:
    seconds = [sample.seconds for sample in samples]
    unfinished = {"unfinished": [float(sample.unfinished) for sample in samples]}
    memory = {name: [sample.memory[name] for sample in samples] for name in PARTS}
    panels = (
        Panel("Jobs queued or running", 40, seconds, unfinished),
        Panel("Memory, MiB", 210, seconds, memory),
    )
    drawn = [line for panel in panels for line in _panel(panel)]
    return "\n".join([*_head(description), *drawn, "</svg>", ""])


def _head(description: str) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="13" fill="{TEXT}">'
    )
    yield f"<title>Under load</title><desc>{escape(description)}</desc>"
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#ffffff"/>'


def _panel(panel: Panel) -> Iterator[str]:
    most = 1.1 * max(max(values) for values in panel.curves.values()) or 1.0
    across = (RIGHT - LEFT) / max(panel.seconds)
    bottom = panel.top + PANEL_HEIGHT
    head = f'x="{LEFT}" y="{panel.top - 12}" font-size="15" fill="{TITLE}"'
    yield f"<text {head}>{panel.title}</text>"
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * PANEL_HEIGHT / 1.1
        yield f'<path d="M{LEFT} {y:.1f}H{RIGHT}" stroke="{GRID}"/>'
        place = f'x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end"'
        yield f"<text {place}>{share * most / 1.1:.0f}</text>"
    for name, values in panel.curves.items():
        points = [
            f"{LEFT + across * at:.1f},{bottom - PANEL_HEIGHT * value / most:.1f}"
            for at, value in zip(panel.seconds, values, strict=True)
        ]
        line = f'fill="none" stroke="{COLOURS[name]}" stroke-width="2"'
        yield f'<polyline points="{" ".join(points)}" {line}/>'
        y = bottom - PANEL_HEIGHT * values[-1] / most
        yield f'<text x="{RIGHT + 8}" y="{y + 4:.1f}" fill="{COLOURS[name]}">{name}</text>'
    yield f'<text x="{LEFT}" y="{bottom + 18}">0</text>'
    last = f"{max(panel.seconds):.0f} s"
    yield f'<text x="{RIGHT}" y="{bottom + 18}" text-anchor="end">{last}</text>'
