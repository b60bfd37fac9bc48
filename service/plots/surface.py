"""The cost over a plane, seen from above, and the path of descent across it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.plots.frames import Frame, Text, room_for_labels, text_of
from service.plots.legend import Entry, draw_legend, legend_rows
from service.plots.levels import BANDS, Levels, levels_of
from service.plots.palette import Palette, Theme, height_colour
from service.plots.scales import Scale, number
from service.plots.svg import (
    Attributes,
    Markup,
    document,
    joined,
    outline,
    shortened,
    tag,
    text,
    width_of,
    wrapped,
)

Array = NDArray[Any]

MARGIN = 14.0
BAR_WIDTH = 14.0
MOST_LARGE_DOTS = 80


@dataclass(frozen=True, slots=True)
class Side:
    """One direction: its name, and the places (resolution,) along it."""

    name: str
    values: Array


@dataclass(frozen=True, slots=True)
class SurfaceShown:
    """What the picture shows. `costs` is (down, across); `places` (points, 2) is the path."""

    title: str
    across: Side
    down: Side
    costs: Array
    places: Array
    path_costs: Array
    start: str
    model: str
    model_place: tuple[float, float]
    words: str


def surface_svg(shown: SurfaceShown, theme: Theme | None, width: int, height: int) -> str:
    """The picture, `width` × `height` pixels, from 240 × 160 on."""
    palette, size = Palette(theme), text_of(width, height)
    return document(
        width,
        height,
        f"Cost surface of {shown.title}",
        f"{shown.start}. {shown.model}. {shown.words}",
        palette.style,
        tag("rect", width=width, height=height, **palette.paint(fill="ground")),
        *_parts(shown, palette, size, width, height),
    )


def note_svg(words: str, theme: Theme | None, width: int, height: int) -> str:
    """A picture of nothing but a sentence."""
    palette, size = Palette(theme), text_of(width, height)
    lines = wrapped(words, size.small, width - 2 * MARGIN, most=4)
    painted = palette.paint(fill="muted")
    return document(
        width,
        height,
        words,
        words,
        palette.style,
        tag("rect", width=width, height=height, **palette.paint(fill="ground")),
        *(
            text(
                each,
                width / 2,
                height / 2 + index * size.line,
                font_size=size.small,
                text_anchor="middle",
                **painted,
            )
            for index, each in enumerate(lines)
        ),
    )


def _parts(
    shown: SurfaceShown, palette: Palette, size: Text, width: int, height: int
) -> Iterator[Markup]:
    inner = width - 2 * MARGIN
    y = MARGIN + size.title * 0.8
    title = shortened(shown.title, size.title, inner)
    yield text(title, MARGIN, y, font_size=size.title, **palette.paint(fill="ink"))
    entries = [Entry(shown.start, "ink", "circle"), Entry(shown.model, "model", "dot")]
    rows = legend_rows(entries, size.small, inner, most=2)
    yield draw_legend(rows, palette, size.small, MARGIN, y + size.line)
    top = y + size.line * len(rows) + size.line * 1.5
    words = [] if size.is_small else wrapped(shown.words, size.small, inner, most=2)
    bottom = height - MARGIN * 0.7 - size.line * len(words)
    for index, each in enumerate(words):
        baseline = bottom + size.line * (index + 0.9)
        yield text(each, MARGIN, baseline, font_size=size.small, **palette.paint(fill="muted"))
    levels = levels_of(shown.costs, shown.path_costs)
    right = width - MARGIN
    if levels is not None:
        labels = _bar_labels(levels)
        right -= BAR_WIDTH + 6 + max(width_of(label, size.small) for label in labels)
        bar = (right + 2, top, bottom - size.line * 2.1)
        yield _bar(labels, palette, size, bar)
        right -= 10
    frame = _frame(shown, palette, size, (MARGIN, top, right, bottom - size.line * 2.1))
    yield frame.behind()
    if levels is not None:
        yield from _bands(shown, levels, frame)
    else:
        yield frame.note("no cost here is finite")
    yield from _path(shown, frame)


def _frame(
    shown: SurfaceShown, palette: Palette, size: Text, box: tuple[float, float, float, float]
) -> Frame:
    left, top, right, bottom = box
    upright = Scale(float(shown.down.values[0]), float(shown.down.values[-1]), bottom, top)
    left += room_for_labels(upright, size)
    low, high = float(shown.across.values[0]), float(shown.across.values[-1])
    names = shown.down.name, shown.across.name
    return Frame(
        Scale(low, high, left, right), upright, *names, palette, size, box[0], is_whole=False
    )


def _bands(shown: SurfaceShown, levels: Levels, frame: Frame) -> Iterator[Markup]:
    from contourpy import FillType, LineType, contour_generator

    heights = levels.heights(shown.costs)
    xs = [frame.across.at(float(value)) for value in shown.across.values]
    ys = [frame.upright.at(float(value)) for value in shown.down.values]
    contours: Any = contour_generator(
        xs, ys, heights, fill_type=FillType.OuterOffset, line_type=LineType.Separate
    )
    for index in range(BANDS + 1):
        low = -np.inf if index == 0 else index / BANDS
        high = np.inf if index == BANDS else (index + 1) / BANDS
        rings = [
            outline(points[first:last].tolist(), is_closed=True)
            for points, offsets in zip(*contours.filled(low, high), strict=True)
            for first, last in pairwise(offsets)
        ]
        if rings:
            fill = height_colour(index / BANDS)
            # The stroke closes the hairline that would show between neighbours.
            yield tag("path", d="".join(rings), fill=fill, stroke=fill, stroke_width=0.6)
    lines = [
        outline(each.tolist())
        for index in range(1, BANDS)
        for each in contours.lines(index / BANDS)
    ]
    if lines:
        painted: Attributes = {"fill": "none", "stroke": "#ffffff", "stroke_opacity": 0.35}
        yield tag("path", d="".join(lines), **painted)


def _path(shown: SurfaceShown, frame: Frame) -> Iterator[Markup]:
    points = [frame.point(float(x), float(y)) for x, y in shown.places]
    if len(points) > 1:
        drawn: Attributes = {"d": outline(points), "fill": "none", "stroke_linejoin": "round"}
        yield tag("path", **drawn, stroke="#ffffff", stroke_width=4, stroke_opacity=0.85)
        yield tag("path", **drawn, stroke="#14181d", stroke_width=1.5)
    radius = 2.4 if len(points) <= MOST_LARGE_DOTS else 1.4
    steps: Attributes = {"r": radius, "fill": "#ffffff", "stroke": "#14181d", "stroke_width": 0.8}
    yield joined(tag("circle", cx=x, cy=y, **steps) for x, y in points)
    if points:
        x, y = points[0]
        ends: Attributes = {"stroke": "#14181d", "stroke_width": 2}
        yield tag("circle", cx=x, cy=y, r=5, fill="#ffffff", **ends)
    x, y = frame.point(*shown.model_place)
    ring: Attributes = {"stroke": "#ffffff", "stroke_width": 1.5}
    yield tag("circle", cx=x, cy=y, r=5.5, **frame.palette.paint(fill="model"), **ring)


def _bar_labels(levels: Levels) -> list[str]:
    return [number(levels.cost_at(index / BANDS), digits=3) for index in range(BANDS + 1)]


def _bar(
    labels: Sequence[str], palette: Palette, size: Text, box: tuple[float, float, float]
) -> Markup:
    """What each colour stands for: the cost at its lower edge."""
    x, top, bottom = box
    each = (bottom - top) / (BANDS + 1)
    every = max(int(np.ceil(size.small * 1.3 / each)), 1)
    parts = [
        text("cost", x, top - size.small * 0.7, font_size=size.small, **palette.paint(fill="muted"))
    ]
    for index, label in enumerate(labels):
        y = bottom - each * (index + 1)
        fill = height_colour(index / BANDS)
        parts.append(tag("rect", x=x, y=y, width=BAR_WIDTH, height=each + 0.3, fill=fill))
        if index % every == 0:
            at = x + BAR_WIDTH + 4, y + each + size.small * 0.35
            painted = palette.paint(fill="muted")
            parts.append(text(label, *at, font_size=size.small, **painted))
    return joined(parts)
