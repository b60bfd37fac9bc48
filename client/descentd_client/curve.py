"""Draws a cost curve in the terminal, with the dots of braille characters: 2 × 4 a character."""

from __future__ import annotations

import math
from collections.abc import Sequence

BLANK = 0x2800
# Which bit of a braille character is the dot in (row, column) of its cell.
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
# From where on a curve that falls is only seen on a logarithmic scale.
LOGARITHMIC_RATIO = 10.0


def curve(
    costs: Sequence[float], width: int = 64, height: int = 12, last_epoch: int | None = None
) -> str:
    """The curve of `costs`, evenly spread, in `height` lines, with axes to the left and below.

    They are one per epoch, from epoch 0 on, unless `last_epoch` says where they end.
    """
    logarithmic = min(costs) > 0 and max(costs) / min(costs) >= LOGARITHMIC_RATIO
    heights = [math.log(cost) if logarithmic else cost for cost in costs]
    cells = _drawn(_stretched(heights, 2 * width), width, height)
    scale = "cost, on a logarithmic scale" if logarithmic else "cost"
    axis = _axis(scale, len(costs) - 1 if last_epoch is None else last_epoch, width)
    return "\n".join([*_lines(cells, max(costs), min(costs)), *axis])


def _drawn(values: Sequence[float], width: int, height: int) -> list[list[int]]:
    """Cells in which each value is a dot, joined to the one before."""
    least, most = min(values), max(values)
    per_dot = ((most - least) or 1.0) / (4 * height - 1)
    downs = [round((most - value) / per_dot) for value in values]
    cells = [[BLANK] * width for _ in range(height)]
    for across, down in enumerate(downs):
        before = downs[max(0, across - 1)]
        for row in range(min(before, down), max(before, down) + 1):
            cells[row // 4][across // 2] |= DOTS[row % 4][across % 2]
    return cells


def _stretched(values: Sequence[float], count: int) -> list[float]:
    """`count` values along the polyline through `values`."""
    if len(values) == 1:
        return list(values) * count
    points = []
    for index in range(count):
        place = index * (len(values) - 1) / (count - 1)
        left = min(int(place), len(values) - 2)
        points.append(values[left] + (place - left) * (values[left + 1] - values[left]))
    return points


def _lines(cells: list[list[int]], highest: float, lowest: float) -> list[str]:
    labels = {0: f"{highest:.3g}", len(cells) - 1: f"{lowest:.3g}"}
    return [
        f"{labels.get(row, ''):>8} ┤{''.join(map(chr, line))}".rstrip()
        for row, line in enumerate(cells)
    ]


def _axis(scale: str, last_epoch: int, width: int) -> list[str]:
    last = f"epoch {last_epoch}"
    middle = scale.center(width - len("0") - len(last))
    return [f"{'':>8} └{'─' * width}", f"{'':>8}  0{middle}{last}"]
