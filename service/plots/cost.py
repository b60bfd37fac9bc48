"""The cost curve: how J fell, where it was best, how it ended, and what that says of α."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.plots.frames import Frame, Text, room_for_labels, text_of
from service.plots.legend import Entry, draw_legend, legend_rows
from service.plots.palette import Palette, Theme
from service.plots.scales import Scale, epoch_scale, number, scale_of
from service.plots.svg import (
    Attributes,
    Markup,
    document,
    joined,
    line,
    outline,
    shortened,
    tag,
    text,
    wrapped,
)

# Below these a picture has no room for more than one line of words, or for a second panel.
LEAST_HEIGHT = 200
LEAST_HEIGHT_FOR_RATE = 300
SHARE_OF_RATE = 0.24
GAP = 30.0
MARGIN = 14.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One epoch that is pointed out, in words; `cost` is where its circle stands, if anywhere."""

    epoch: int
    words: str
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class CostCurve:
    """What the picture shows. All columns are as long as `epochs`, and None where not finite."""

    title: str
    epochs: Sequence[int]
    cost: Sequence[float | None]
    validation_cost: Sequence[float | None]
    learning_rate: Sequence[float | None]
    best: Mark | None
    end: Mark | None
    words: Sequence[str]
    """What is said beneath, the most important first."""


def cost_svg(curve: CostCurve, theme: Theme | None, width: int, height: int) -> str:
    """The picture, `width` × `height` pixels, from 240 × 160 on."""
    palette, size = Palette(theme), text_of(width, height)
    return document(
        width,
        height,
        f"Cost of {curve.title}",
        description_of(curve),
        palette.style,
        tag("rect", width=width, height=height, **palette.paint(fill="ground")),
        *_parts(curve, palette, size, width, height),
    )


def description_of(curve: CostCurve) -> str:
    """The picture in sentences."""
    said = [
        f"{name} from {number(found[0][1])} at epoch {found[0][0]} "
        f"to {number(found[-1][1])} at epoch {found[-1][0]}."
        for name, column in _columns(curve)
        if (found := _finite(curve.epochs, column))
    ]
    marks = [f"{mark.words}." for mark in (curve.best, curve.end) if mark is not None]
    return " ".join([*(said or ["No epoch has been recorded yet."]), *marks, *curve.words])


def _columns(curve: CostCurve) -> Iterator[tuple[str, Sequence[float | None]]]:
    yield "Training cost", curve.cost
    yield "Validation cost", curve.validation_cost


def _parts(
    curve: CostCurve, palette: Palette, size: Text, width: int, height: int
) -> Iterator[Markup]:
    inner = width - 2 * MARGIN
    title = shortened(curve.title, size.title, inner)
    y = MARGIN + size.title * 0.8
    yield text(title, MARGIN, y, font_size=size.title, **palette.paint(fill="ink"))
    rows = legend_rows(_entries(curve, size), size.small, inner, most=2 if size.is_small else 3)
    yield draw_legend(rows, palette, size.small, MARGIN, y + size.line)
    top = y + size.line * len(rows) + size.line * 1.5
    words = [
        each
        for paragraph in curve.words[: 1 if size.is_small else None]
        for each in wrapped(paragraph, size.small, inner, most=1 if height < LEAST_HEIGHT else 2)
    ]
    bottom = height - MARGIN * 0.7 - size.line * len(words)
    for index, each in enumerate(words):
        baseline = bottom + size.line * (index + 0.9)
        yield text(each, MARGIN, baseline, font_size=size.small, **palette.paint(fill="muted"))
    yield from _panels(curve, palette, size, (MARGIN, top, width - MARGIN, bottom))


def _entries(curve: CostCurve, size: Text) -> Iterator[Entry]:
    for (name, column), part in zip(_columns(curve), ("training", "validation"), strict=True):
        found = _finite(curve.epochs, column)
        if found:
            words = part if size.is_small else name.lower()
            yield Entry(f"{words} {number(found[-1][1], digits=3)}", part, "line")
    if curve.best is not None:
        yield Entry(curve.best.words, "ink", "circle")
    if curve.end is not None:
        yield Entry(curve.end.words, "muted", "dash")


def _panels(
    curve: CostCurve, palette: Palette, size: Text, box: tuple[float, float, float, float]
) -> Iterator[Markup]:
    left, top, right, bottom = box
    bottom -= size.line * 2.1  # the ticks of the epochs, and their name
    costs = [value for _, column in _columns(curve) for _, value in _finite(curve.epochs, column)]
    rates = _finite(curve.epochs, curve.learning_rate)
    has_rate = bool(rates) and not size.is_small and bottom - top > LEAST_HEIGHT_FOR_RATE / 2
    middle = bottom - (bottom - top - GAP) * SHARE_OF_RATE if has_rate else bottom
    scale = scale_of(costs, middle - (GAP if has_rate else 0), top)
    rate_scale = scale_of([rate for _, rate in rates], bottom, middle)
    start = left + max(room_for_labels(each, size) for each in (scale, rate_scale)[: 1 + has_rate])
    epochs = epoch_scale(max(curve.epochs, default=1), start, right)
    below = None if has_rate else "epoch"
    upper = Frame(epochs, scale, _named("cost", scale), below, palette, size, left)
    yield upper.behind()
    if not costs:
        yield upper.note("no finite cost yet")
    yield from _curves(curve, upper)
    if has_rate:
        name = _named("learning rate", rate_scale)
        lower = Frame(epochs, rate_scale, name, "epoch", palette, size, left)
        yield lower.behind()
        yield _series(lower, curve.epochs, curve.learning_rate, "rate")


def _named(name: str, scale: Scale) -> str:
    return f"{name} (log scale)" if scale.is_log else name


def _curves(curve: CostCurve, frame: Frame) -> Iterator[Markup]:
    palette = frame.palette
    if curve.end is not None and curve.epochs:
        x = frame.across.at(curve.end.epoch)
        ends = (x, frame.upright.start), (x, frame.upright.end)
        yield line(*ends, stroke_dasharray="4 3", **palette.paint(stroke="muted"))
    yield _series(frame, curve.epochs, curve.validation_cost, "validation")
    yield _series(frame, curve.epochs, curve.cost, "training")
    if curve.best is not None and curve.best.cost is not None:
        x, y = frame.point(curve.best.epoch, curve.best.cost)
        painted = palette.paint(fill="ground", stroke="ink")
        yield tag("circle", cx=x, cy=y, r=4.5, stroke_width=2, **painted)


def _series(
    frame: Frame, epochs: Sequence[int], column: Sequence[float | None], part: str
) -> Markup:
    """The column as lines, broken where it is not finite; a value alone is a dot."""
    painted = frame.palette.paint(stroke=part)
    parts = []
    for stretch in _stretches(epochs, column):
        points = [frame.point(epoch, value) for epoch, value in stretch]
        if len(points) == 1:
            (x, y), dot = points[0], frame.palette.paint(fill=part)
            parts.append(tag("circle", cx=x, cy=y, r=3.5, **dot))
        else:
            shape: Attributes = {"stroke_width": 2, "stroke_linejoin": "round"}
            parts.append(tag("path", d=outline(points), **shape, **painted))
    return joined(parts)


def _stretches(
    epochs: Sequence[int], column: Sequence[float | None]
) -> Iterator[list[tuple[int, float]]]:
    stretch: list[tuple[int, float]] = []
    for epoch, value in zip(epochs, column, strict=True):
        if value is not None:
            stretch.append((epoch, value))
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _finite(epochs: Sequence[int], column: Sequence[float | None]) -> list[tuple[int, float]]:
    pairs = zip(epochs, column, strict=True)
    return [(epoch, value) for epoch, value in pairs if value is not None]
