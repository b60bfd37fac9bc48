"""The few pieces an SVG picture is made of. Whatever is not markup already is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import NewType

Markup = NewType("Markup", str)
"""Text that is XML by now. Only the functions of this module make it."""

Point = tuple[float, float]
Attributes = dict[str, str | float]

# The face that PNG pictures are drawn with; a browser without it takes the next.
FONT = "DejaVu Sans, Verdana, Arial, sans-serif"
# How wide a character of that face is on average, in shares of its size, rather more than less.
CHARACTER_WIDTH = 0.54
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escaped(text: str) -> Markup:
    """`text` as XML holds it; a character that XML cannot hold becomes U+FFFD."""
    return Markup(html.escape(NO_XML.sub("\ufffd", text), quote=True))


def tag(name: str, /, *children: Markup, **attributes: str | float) -> Markup:
    """An element. `_` in an attribute's name stands for `-`, at its end for nothing."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
    )
    inside = joined(children)
    return Markup(f"<{name}{said}>{inside}</{name}>" if inside else f"<{name}{said}/>")


def joined(parts: Iterable[Markup]) -> Markup:
    """Parts, one after the other."""
    return Markup("".join(parts))


def text(words: str, x: float, y: float, /, **attributes: str | float) -> Markup:
    """Words whose baseline begins at (x, y), or ends or is centred there by `text_anchor`."""
    return tag("text", escaped(words), x=x, y=y, **attributes)


def line(start: Point, end: Point, /, **attributes: str | float) -> Markup:
    return tag("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], **attributes)


def outline(points: Sequence[Point], *, is_closed: bool = False) -> str:
    """The `d` of a path through the points."""
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in points) + "Z" * is_closed


def document(
    width: int, height: int, title: str, description: str, style: str, *children: Markup
) -> str:
    """A picture that says what it shows to those who do not see it. `style` is a style sheet."""
    return tag(
        "svg",
        tag("title", escaped(title), id="title"),
        tag("desc", escaped(description), id="desc"),
        *([tag("style", Markup(style))] if style else []),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby="title desc",
        font_family=FONT,
    )


def width_of(words: str, size: float) -> float:
    """About how wide `words` are drawn."""
    return CHARACTER_WIDTH * size * len(words)


def shortened(words: str, size: float, width: float) -> str:
    """`words`, cut off with an ellipsis where they are wider than `width`."""
    most = max(int(width / (CHARACTER_WIDTH * size)), 1)
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def wrapped(words: str, size: float, width: float, most: int) -> list[str]:
    """`words` in at most `most` lines no wider than `width`; what is left over is an ellipsis."""
    lines: list[str] = []
    rest = words.split()
    while rest and len(lines) < most:
        count = 1
        while count < len(rest) and width_of(" ".join(rest[: count + 1]), size) <= width:
            count += 1
        is_last = len(lines) == most - 1
        taken = rest if is_last else rest[:count]
        lines.append(shortened(" ".join(taken), size, width))
        rest = rest[len(taken) :]
    return lines


def _value(value: str | float) -> str:
    return escaped(value) if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    """To a hundredth of a pixel, which nobody sees."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown
