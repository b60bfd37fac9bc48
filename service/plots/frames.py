"""The frame of a plot: its grid, its ticks and their labels, and the size of its words."""

from __future__ import annotations

from dataclasses import dataclass

from service.plots.palette import Palette
from service.plots.scales import Scale, labels
from service.plots.svg import Markup, joined, line, text, width_of

SMALL_WIDTH, SMALL_HEIGHT = 420, 280
TICK_PIXELS = 34.0
BETWEEN = 6.0


@dataclass(frozen=True, slots=True)
class Text:
    """Sizes of words in pixels: of the title, of all else, and from one line to the next."""

    title: float
    small: float
    line: float
    is_small: bool


def text_of(width: int, height: int) -> Text:
    """Words that can be read in a picture of this size."""
    if width < SMALL_WIDTH or height < SMALL_HEIGHT:
        return Text(title=12.0, small=10.0, line=14.0, is_small=True)
    return Text(title=15.0, small=12.0, line=17.0, is_small=False)


def tick_labels(scale: Scale) -> list[tuple[float, str]]:
    """The ticks of an upright axis, as many as have room, with what stands beside them."""
    most = max(int(abs(scale.start - scale.end) / TICK_PIXELS), 2)
    ticks = scale.ticks(most)
    return list(zip(ticks, labels(ticks), strict=True))


def room_for_labels(scale: Scale, size: Text) -> float:
    """How wide the labels of an upright axis are, with what keeps them off it."""
    widest = max((width_of(label, size.small) for _, label in tick_labels(scale)), default=0.0)
    return widest + BETWEEN


@dataclass(frozen=True, slots=True)
class Frame:
    """A panel. `name` says what stands upright and begins at `left`, `across_name` what across;
    where that is None, the ticks bear no labels. `is_whole`: only whole numbers stand across.
    """

    across: Scale
    upright: Scale
    name: str
    across_name: str | None
    palette: Palette
    size: Text
    left: float
    is_whole: bool = True

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.across.at(x), self.upright.at(y)

    def behind(self) -> Markup:
        """All that lies behind the curves."""
        bottom = self.upright.start
        ends = (self.across.start, bottom), (self.across.end, bottom)
        base = line(*ends, **self.palette.paint(stroke="axis"))
        name = self._words(self.name, self.left, self.upright.end - self.size.small * 0.9)
        return joined([*self._upright_ticks(), base, name, *self._ticks_across()])

    def note(self, words: str) -> Markup:
        """Words in the middle, where there is nothing to draw."""
        x = (self.across.start + self.across.end) / 2
        y = (self.upright.start + self.upright.end) / 2
        return self._words(words, x, y, text_anchor="middle")

    def _upright_ticks(self) -> list[Markup]:
        parts = []
        for value, label in tick_labels(self.upright):
            y = self.upright.at(value)
            ends = (self.across.start, y), (self.across.end, y)
            parts.append(line(*ends, **self.palette.paint(stroke="grid")))
            x, baseline = self.across.start - BETWEEN, y + self.size.small * 0.35
            parts.append(self._words(label, x, baseline, text_anchor="end"))
        return parts

    def _ticks_across(self) -> list[Markup]:
        ticks = self.across.ticks(self._most_across())
        ticks = [tick for tick in ticks if not self.is_whole or tick == int(tick)]
        bottom, parts = self.upright.start, []
        for value, label in zip(ticks, labels(ticks), strict=True):
            x = self.across.at(value)
            ends = (x, bottom), (x, bottom + 4)
            parts.append(line(*ends, **self.palette.paint(stroke="axis")))
            if self.across_name is not None:
                parts.append(self._below(label, x, bottom + self.size.line))
        if self.across_name is not None:
            middle = (self.across.start + self.across.end) / 2
            parts.append(self._below(self.across_name, middle, bottom + self.size.line * 1.95))
        return parts

    def _most_across(self) -> int:
        ends = labels([self.across.low, self.across.high])
        widest = max(width_of(label[:7], self.size.small) for label in ends)
        return max(int((self.across.end - self.across.start) / (widest + 20.0)), 1)

    def _below(self, words: str, x: float, y: float) -> Markup:
        # The last label may stand out beyond its tick, but not beyond the picture.
        most = self.across.end + BETWEEN - width_of(words, self.size.small) / 2
        return self._words(words, min(x, most), y, text_anchor="middle")

    def _words(self, words: str, x: float, y: float, **attributes: str | float) -> Markup:
        painted = self.palette.paint(fill="muted")
        return text(words, x, y, font_size=self.size.small, **painted, **attributes)
