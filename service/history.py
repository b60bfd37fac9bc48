"""A job's history: one row for each epoch, in order, none twice, none left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from engine.records import EpochRecord
from service import jobs
from service.database.engines import finite
from service.database.tables import Epoch

NUMBERS = (
    "cost",
    "validation_cost",
    "accuracy",
    "validation_accuracy",
    "gradient_norm",
    "learning_rate",
)
COLUMNS = ("epoch", *NUMBERS, "accepted", "seconds")


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Rows whose fields are `COLUMNS`; `next` is the `after_epoch` of the page that follows."""

    rows: Sequence[Row[Any]]
    next: int | None

    @property
    def has_more(self) -> bool:
        return self.next is not None


def page(
    session: Session, tenant_id: str, job_id: str, after_epoch: int | None, limit: int
) -> HistoryPage:
    """At most `limit` rows that follow `after_epoch` (None: from the first); raises NotFound."""
    jobs.get(session, tenant_id, job_id)
    chosen = select(*(getattr(Epoch, name) for name in COLUMNS)).where(Epoch.job_id == job_id)
    if after_epoch is not None:
        chosen = chosen.where(Epoch.epoch > after_epoch)
    rows = session.execute(chosen.order_by(Epoch.epoch).limit(limit + 1)).all()
    return HistoryPage(rows[:limit], rows[limit - 1].epoch if len(rows) > limit else None)


def next_rows(last: int | None, records: Sequence[EpochRecord]) -> list[dict[str, Any]]:
    """The rows still to be written after epoch `last`; ValueError if they leave a gap."""
    first = 0 if last is None else last + 1
    fresh = [record for record in records if record.epoch >= first]
    epochs = [record.epoch for record in fresh]
    if epochs != list(range(first, first + len(fresh))):
        raise ValueError(f"epochs {epochs} do not follow epoch {last}")
    return [_row(record) for record in fresh]


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
