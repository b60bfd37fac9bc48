"""A job's history: one row for each epoch, in order, none twice, none left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from engine.records import EpochRecord
from service import extremes, jobs
from service.database.engines import MANY_NUMBERS, finite
from service.database.sessions import Sessions
from service.database.tables import Epoch
from service.errors import NotFound

NUMBERS = (
    "cost",
    "validation_cost",
    "accuracy",
    "validation_accuracy",
    "gradient_norm",
    "learning_rate",
)
COLUMNS = ("epoch", *NUMBERS, "accepted", "seconds")
# Not by the mapped class: long histories are read a third faster by the plain table
EPOCHS = Epoch.__table__.c
SHOWN = tuple(EPOCHS[name] for name in COLUMNS)
PAGE_ROWS = 10_000

Rows = Sequence[Row[Any]]
"""Rows of a history, their fields `COLUMNS`."""

Columns = Sequence[Sequence[Any]]
"""The same as the values of each of `COLUMNS`."""

Part = TypeVar("Part", Rows, Columns)


@dataclass(frozen=True, slots=True)
class Span:
    """The rows of one history from epoch `first` to `last`; none where `last` comes before.

    What they hold never changes. `has_more` says whether others followed when the span was made.
    """

    job_id: str
    first: int
    last: int
    has_more: bool
    has_validation: bool

    @property
    def count(self) -> int:
        return max(0, self.last - self.first + 1)

    @property
    def next(self) -> int | None:
        """The `after_epoch` of the span that follows."""
        return self.last if self.has_more else None


def span(
    session: Session,
    tenant_id: str,
    job_id: str,
    after_epoch: int | None = None,
    limit: int | None = None,
) -> Span:
    """At most `limit` rows that follow `after_epoch` (None: from the first); raises NotFound.

    No row is looked at: a job's `epoch` is written with its rows, which have no gap.
    """
    job = jobs.get(session, tenant_id, job_id)
    first = 0 if after_epoch is None else after_epoch + 1
    newest = -1 if job.epoch is None else job.epoch
    last = newest if limit is None else min(newest, first + limit - 1)
    return Span(job_id, first, last, last < newest, bool(job.spec["validation"]))


def rows(session: Session, job_id: str, first: int, last: int) -> Rows:
    """The rows from epoch `first` to `last`, in order."""
    mine = select(*SHOWN).where(EPOCHS.job_id == job_id, EPOCHS.epoch.between(first, last))
    ordered = mine.order_by(EPOCHS.epoch)
    return session.execute(ordered.execution_options(**{MANY_NUMBERS: True})).all()


def columns(session: Session, job_id: str, first: int, last: int) -> Columns:
    """The same by columns; none where there are no rows."""
    if session.get_bind().dialect.name == "sqlite":
        return transposed(rows(session, job_id, first, last))
    # As one row of arrays, which takes a tenth of the time to read. They come in the order of the
    # rows beneath, since nothing else is done to those.
    mine = select(*SHOWN).where(EPOCHS.job_id == job_id, EPOCHS.epoch.between(first, last))
    ordered = mine.order_by(EPOCHS.epoch).subquery()
    arrays = select(*(func.array_agg(column) for column in ordered.c))
    found = session.execute(arrays.execution_options(**{MANY_NUMBERS: True})).one()
    return [] if found[0] is None else found


def transposed(rows: Rows) -> Columns:
    """Rows by columns; none where there are no rows."""
    return list(zip(*rows, strict=True))


def pages(sessions: Sessions, span: Span) -> Iterator[Rows]:
    """The rows of a span, some at a time; raises NotFound if the job is deleted meanwhile.

    Each page has a session of its own, so that a slow reader holds none.
    """
    return _parts(sessions, span, rows, len)


def column_pages(sessions: Sessions, span: Span) -> Iterator[Columns]:
    """The same by columns."""
    return _parts(sessions, span, columns, lambda found: len(found[0]) if found else 0)


def _parts(
    sessions: Sessions,
    span: Span,
    read: Callable[[Session, str, int, int], Part],
    count: Callable[[Part], int],
) -> Iterator[Part]:
    for first in range(span.first, span.last + 1, PAGE_ROWS):
        last = min(span.last, first + PAGE_ROWS - 1)
        with sessions.reading() as session:
            part = read(session, span.job_id, first, last)
        if count(part) <= last - first:
            raise NotFound("job", span.job_id)
        yield part


def next_rows(last: int | None, records: Sequence[EpochRecord]) -> list[dict[str, Any]]:
    """The rows still to be written after epoch `last`; ValueError if they leave a gap."""
    first = 0 if last is None else last + 1
    fresh = [record for record in records if record.epoch >= first]
    epochs = [record.epoch for record in fresh]
    if epochs != list(range(first, first + len(fresh))):
        raise ValueError(f"epochs {epochs} do not follow epoch {last}")
    written = [_row(record) for record in fresh]
    marked = extremes.among(written)
    return [{**row, "is_extreme": row["epoch"] in marked} for row in written]


def _row(record: EpochRecord) -> dict[str, Any]:
    numbers = {name: _number(getattr(record, name)) for name in NUMBERS}
    return {
        "epoch": record.epoch,
        **numbers,
        "accepted": bool(record.accepted),
        "seconds": float(record.seconds),
    }


def _number(value: float | None) -> Any:
    return None if value is None else finite(float(value))


def best_of(
    best: Mapping[str, Any] | None, rows: Sequence[Mapping[str, Any]], watched: str
) -> dict[str, Any] | None:
    """The epoch of least `watched` cost so far, the earliest of equals; None before the first."""
    found = [] if best is None else [best]
    candidates = [row for row in (*found, *rows) if row[watched] is not None]
    if not candidates:
        return None
    least = min(candidates, key=lambda row: row[watched])
    return {name: least[name] for name in ("epoch", "cost", "validation_cost")}


def epoch_seconds_of(before: float | None, rows: Sequence[Mapping[str, Any]]) -> float | None:
    """How long an epoch takes: half by the latest rows, half by those before; None before any.

    Epoch 0 takes no steps and does not count.
    """
    measured = [row["seconds"] for row in rows if row["epoch"] > 0]
    if not measured:
        return before
    mean: float = sum(measured) / len(measured)
    return mean if before is None else (before + mean) / 2
