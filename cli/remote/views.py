"""How a run is watched: live on a terminal, in plain lines elsewhere, or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import monotonic
from typing import TYPE_CHECKING

import click

from cli.remote import texts
from cli.remote.run_state import RunState

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from descentd_client.types import HistoryRow, JobShown

Show = Callable[["HistoryRow"], None]

LINES_OF_A_RUN = 20
QUIET_SECONDS = 10.0
REDRAWS_PER_SECOND = 8
CURVE_HEIGHT = 10
# What stands left of the curve, and a little air.
MARGIN = 12
WIDEST_CURVE = 100


def view_of(job: JobShown, as_json: bool) -> AbstractContextManager[Show]:
    """What shows each row of a run: by what stdout is."""
    if as_json:
        return nullcontext(lambda _row: None)
    if not sys.stdout.isatty():
        return lines(job)
    from rich.console import Console

    console = Console()
    has_braille = console.encoding.startswith("utf")
    return live(job, console) if has_braille and not console.is_dumb_terminal else lines(job)


@contextmanager
def lines(job: JobShown) -> Iterator[Show]:
    """A line now and then: some twenty of a run, and one where nothing was said for long."""
    click.echo(f"{job['id']} {job['status']}")
    state, every = RunState(job["epochs"]), max(1, job["epochs"] // LINES_OF_A_RUN)
    said_at = monotonic()

    def show(row: HistoryRow) -> None:
        nonlocal said_at
        state.take(row)
        if row["epoch"] % every == 0 or monotonic() - said_at > QUIET_SECONDS:
            said_at = monotonic()
            click.echo(f"{texts.progress(state)}   {texts.costs(row)}")

    yield show


@contextmanager
def live(job: JobShown, console: Console) -> Iterator[Show]:
    """Title, bar, curve and numbers, drawn anew some times a second."""
    from rich.live import Live

    state = RunState(job["epochs"])
    with Live(
        get_renderable=lambda: frame(job, state, console.width),
        console=console,
        refresh_per_second=REDRAWS_PER_SECOND,
    ):
        yield state.take


def frame(job: JobShown, state: RunState, width: int) -> RenderableType:
    """One picture of the run."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    from descentd_client.curve import curve

    title = Text.assemble((job["name"] or job["id"], "bold"), f"   {job['dataset']}   {job['id']}")
    line = Table.grid(padding=(0, 2))
    bar = ProgressBar(total=state.epochs, completed=state.epoch, width=min(30, width // 3))
    line.add_row(bar, texts.progress(state))
    if state.row is None:
        return Group(title, Text("waiting for a worker …", "dim"))
    drawn = curve(
        state.costs or [0.0], min(WIDEST_CURVE, max(20, width - MARGIN)), CURVE_HEIGHT, state.epoch
    )
    return Group(title, line, Text(drawn, "cyan", no_wrap=True), Text(texts.costs(state.row)))
