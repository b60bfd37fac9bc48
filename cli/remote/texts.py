"""Jobs, rows and tables as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cli.remote.run_state import RunState
    from descentd_client.types import HistoryRow, JobShown


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def span(seconds: float) -> str:
    """Seconds, as one says them: `42 s`, `3 min`, `2 h 5 min`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def costs(row: HistoryRow) -> str:
    parts = [f"cost {number(row['cost'])}"]
    if row["validation_cost"] is not None:
        parts.append(f"validation {number(row['validation_cost'])}")
    if row["learning_rate"] is not None:
        parts.append(f"learning rate {number(row['learning_rate'])}")
    return "   ".join(parts)


def progress(state: RunState) -> str:
    """Which epoch of how many, how fast, and how long still."""
    parts = [f"epoch {state.epoch}/{state.epochs}"]
    if state.epochs_per_second is not None:
        parts.append(f"{state.epochs_per_second:.3g} epochs/s")
    if state.seconds_left:
        parts.append(f"{span(state.seconds_left)} left")
    return "   ".join(parts)


def summary(job: JobShown) -> Iterator[str]:
    """How a job stands or ended: the lines after its view."""
    yield f"{job['id']} {job['status']}{_reason(job)}"
    yield (
        f"  epoch {number(job['epoch'])} of {job['epochs']}, cost {number(job['cost'])}, "
        f"validation cost {number(job['validation_cost'])}"
    )
    for part, scores in (job["metrics"] or {}).items():
        if plain := _scores(scores):
            yield f"  {part}: {plain}"
    if job["error"]:
        yield f"  {job['error']['code']}: {job['error']['message']}"
    if diagnosis := job["diagnosis"]:
        yield f"  {diagnosis['verdict']}: {diagnosis['sentence']}"
        yield f"  {diagnosis['advice']}"


def _reason(job: JobShown) -> str:
    return f" ({job['stop_reason']})" if job["stop_reason"] else ""


def _scores(scores: Any) -> str:
    if not isinstance(scores, Mapping):
        return ""
    plain = {name: value for name, value in scores.items() if isinstance(value, int | float)}
    return ", ".join(f"{name} {number(value)}" for name, value in plain.items())


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines with the columns under each other."""
    columns = list(zip(titles, *rows, strict=True))
    wide = [max(map(len, column)) for column in columns]
    for line in (titles, *rows):
        cells = (cell.ljust(width) for cell, width in zip(line, wide, strict=True))
        yield "  ".join(cells).rstrip()
