"""A bar on stderr while a job trains: by rich where it is installed, else a plain line."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import monotonic
from typing import Any, TextIO, TypeAlias

from descentd_client.types import HistoryRow

Show: TypeAlias = Callable[[HistoryRow], None]

WIDTH = 30
REDRAW_SECONDS = 0.1


def bar(epochs: int, is_wanted: bool, output: TextIO | None = None) -> AbstractContextManager[Show]:
    """What shows a row: a bar, if one is wanted and ``output`` (stderr) is a terminal."""
    stream = sys.stderr if output is None else output
    if not is_wanted or not stream.isatty():
        return nullcontext(lambda _row: None)
    try:
        rich = importlib.import_module("rich.progress")
    except ImportError:
        return plain_bar(epochs, stream)
    return rich_bar(rich, epochs, stream)


@contextmanager
def rich_bar(rich: Any, epochs: int, stream: TextIO) -> Iterator[Show]:
    console = importlib.import_module("rich.console").Console(file=stream)
    columns = (
        rich.TextColumn("epoch {task.completed:.0f}/{task.total:.0f}"),
        rich.BarColumn(),
        rich.TextColumn("{task.fields[cost]}"),
        rich.TimeRemainingColumn(),
    )
    with rich.Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=epochs, cost="")
        yield lambda row: progress.update(task, completed=row["epoch"], cost=cost_of(row))


@contextmanager
def plain_bar(epochs: int, stream: TextIO) -> Iterator[Show]:
    """One line that is written over, not more often than one can read."""
    drawn_at, last = 0.0, ""

    def show(row: HistoryRow) -> None:
        nonlocal drawn_at, last
        last = line(row, epochs)
        if monotonic() - drawn_at >= REDRAW_SECONDS:
            drawn_at = monotonic()
            _draw(stream, last)

    try:
        yield show
    finally:
        _draw(stream, f"{last}\n")


def _draw(stream: TextIO, text: str) -> None:
    stream.write(f"\r\x1b[K{text}")
    stream.flush()


def line(row: HistoryRow, epochs: int) -> str:
    """How far it is, in one line without colours."""
    done = round(WIDTH * row["epoch"] / epochs)
    return f"epoch {row['epoch']}/{epochs} [{'#' * done}{'.' * (WIDTH - done)}] {cost_of(row)}"


def cost_of(row: HistoryRow) -> str:
    return "cost is not finite" if row["cost"] is None else f"cost {row['cost']:.4g}"
