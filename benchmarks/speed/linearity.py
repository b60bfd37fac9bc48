"""Does the time grow with epochs and rows, and no faster?"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from statistics import median

from benchmarks.speed import by_engine
from benchmarks.speed.plot import Panel, svg
from benchmarks.speed.shapes import Shape, shape_of
from benchmarks.speed.turns import limited, seconds
from benchmarks.tables import Section, verdict

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "linear-cost.svg"
LINK = "../docs/images/linear-cost.svg"

EPOCHS = (10, 20, 40, 60, 80, 100)
ROWS = (2_000, 4_000, 8_000, 16_000, 24_000, 32_000)
EPOCHS_OF_ROWS = 10
ROUNDS = 5
MOST_OFF_THE_LINE = 0.10


def measure() -> list[Section]:
    shape = shape_of("digits")
    by_epochs = [(shape, epochs) for epochs in EPOCHS]
    by_rows = [(dataclasses.replace(shape, rows=rows), EPOCHS_OF_ROWS) for rows in ROWS]
    panels = [
        Panel(f"Seconds, {shape.rows:,} rows", "epochs", EPOCHS, _medians(by_epochs)),
        Panel(f"Seconds, {EPOCHS_OF_ROWS} epochs", "rows", ROWS, _medians(by_rows)),
    ]
    PICTURE.write_text(svg(panels), encoding="utf-8")
    return [_section(shape, panels)]


def _medians(runs: list[tuple[Shape, int]]) -> list[float]:
    """Seconds of each run, all runs in turn, round after round."""
    with limited(1):
        rounds = [
            [seconds(by_engine.train, shape, shape.draw(), epochs) for shape, epochs in runs]
            for _ in range(ROUNDS + 1)
        ]
    return [median(times) for times in zip(*rounds[1:], strict=True)]


def _section(shape: Shape, panels: list[Panel]) -> Section:
    return Section(
        "Time by epochs and by rows",
        f"Whole runs of the network of {shape.text()}, one thread, median of {ROUNDS} rounds. "
        "The line is that of least squares; met where no point is further from it than "
        f"{MOST_OFF_THE_LINE:.0%}.",
        ["", "milliseconds for each", "furthest from the line", "linear"],
        [_row(panel) for panel in panels],
        f"![Seconds by epochs and by rows, with the straight lines that fit them]({LINK})",
    )


def _row(panel: Panel) -> list[str]:
    pairs = zip(panel.seconds, panel.fitted(), strict=True)
    furthest = max(abs(measured / fitted - 1.0) for measured, fitted in pairs)
    slope, _ = panel.line()
    each = f"{1e3 * slope:.3g}"
    return [panel.quantity, each, f"{furthest:.1%}", verdict(furthest <= MOST_OFF_THE_LINE)]
