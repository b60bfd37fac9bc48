"""Colours by the part they play, light and dark. Told apart also by those who do not see all.

Series are in the colours of Okabe and Ito (2008), heights in viridis, whose lightness alone tells
high from low.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Literal

Theme = Literal["light", "dark"]

# part → on light, on dark
COLOURS: dict[str, tuple[str, str]] = {
    "ground": ("#ffffff", "#14181d"),
    "ink": ("#1a1d21", "#e8eaed"),
    "muted": ("#59616b", "#a7b0ba"),
    "grid": ("#e4e7ea", "#2a3138"),
    "axis": ("#9aa3ad", "#5c6772"),
    "training": ("#0072b2", "#56b4e9"),
    "validation": ("#d55e00", "#e69f00"),
    "rate": ("#00795a", "#2fc79a"),
    "model": ("#d55e00", "#e69f00"),
}

VIRIDIS = (
    (68, 1, 84),
    (72, 40, 120),
    (62, 73, 137),
    (49, 104, 142),
    (38, 130, 142),
    (31, 158, 137),
    (53, 183, 121),
    (110, 206, 88),
    (181, 222, 43),
    (253, 231, 37),
)


def _rules() -> str:
    return "".join(
        f".f-{part}{{fill:{dark}}}.s-{part}{{stroke:{dark}}}" for part, (_, dark) in COLOURS.items()
    )


STYLE = f"@media (prefers-color-scheme: dark){{{_rules()}}}"
"""Turns a light picture dark where its reader prefers that."""

STYLE_HASH = f"sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}"
"""What a Content-Security-Policy says to allow `STYLE`, and no other style."""


class Palette:
    """The colours of one theme; without one, light as attributes and dark by `STYLE`."""

    def __init__(self, theme: Theme | None) -> None:
        self._place = 1 if theme == "dark" else 0
        self.style = STYLE if theme is None else ""

    def paint(self, *, fill: str | None = None, stroke: str | None = None) -> dict[str, str]:
        """Attributes that paint an element in the colours of these parts."""
        classes = " ".join(
            [f"f-{fill}"] * (fill is not None) + [f"s-{stroke}"] * (stroke is not None)
        )
        return {
            **({"class_": classes} if self.style else {}),
            "fill": COLOURS[fill][self._place] if fill else "none",
            **({"stroke": COLOURS[stroke][self._place]} if stroke else {}),
        }


def height_colour(share: float) -> str:
    """The colour of a height: 0 for the lowest, 1 for the highest."""
    place = min(max(share, 0.0), 1.0) * (len(VIRIDIS) - 1)
    index = min(int(place), len(VIRIDIS) - 2)
    part = place - index
    pairs = zip(VIRIDIS[index], VIRIDIS[index + 1], strict=True)
    mixed = (round(low + part * (high - low)) for low, high in pairs)
    return "#" + "".join(f"{channel:02x}" for channel in mixed)
