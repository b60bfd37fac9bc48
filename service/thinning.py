"""A long history in a few of its rows, chosen by the database so that no peak is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from service import history
from service.extremes import BLOCK_EPOCHS
from service.history import COLUMNS, EPOCHS, SHOWN, Rows, Span

FIRST_AND_LAST = 2


@dataclass(frozen=True, slots=True)
class _Plan:
    """Into how many stretches a span is cut, and which extremes of each are kept.

    A stretch is of whole units: of epochs, or of blocks where these are many.
    """

    span: Span
    stretches: int
    extremes: tuple[tuple[str, bool], ...]
    """A measure, and whether its greatest is meant, not its least."""

    @property
    def unit(self) -> int:
        return BLOCK_EPOCHS if self.span.count > BLOCK_EPOCHS * self.stretches else 1


def thinned(session: Session, span: Span, points: int) -> Rows:
    """At most `points` (4 or more) rows of the span, in order.

    Of each stretch those of the least and the greatest cost and validation cost, the earliest of
    equals; always the first, the last, and the best, which is the least of its stretch.
    """
    if span.count <= points:
        return history.rows(session, span.job_id, span.first, span.last)
    return session.execute(chosen(span, points)).all()


def chosen(span: Span, points: int) -> Select[Any]:
    """The query for these rows, where the span has more."""
    return _extremes(_plan(span, points))


def _plan(span: Span, points: int) -> _Plan:
    measures = ("cost", "validation_cost") if span.has_validation else ("cost",)
    extremes = tuple((measure, greatest) for measure in measures for greatest in (False, True))
    stretches = (points - FIRST_AND_LAST) // len(extremes)
    if stretches == 0:  # too few for all of them: the best alone
        return _Plan(span, 1, ((measures[-1], False),))
    return _Plan(span, stretches, extremes)


def _extremes(plan: _Plan) -> Select[Any]:
    candidates = _candidates(plan).subquery()
    ranks = [
        func.row_number()
        .over(partition_by=_stretch(plan, candidates.c.epoch), order_by=_order(candidates, *each))
        .label(f"rank_{number}")
        for number, each in enumerate(plan.extremes)
    ]
    ranked = select(candidates, *ranks).subquery()
    is_extreme = [
        and_(ranked.c[rank.name] == 1, ranked.c[measure].is_not(None))
        for rank, (measure, _) in zip(ranks, plan.extremes, strict=True)
    ]
    is_end = ranked.c.epoch.in_((plan.span.first, plan.span.last))
    shown = select(*(ranked.c[name] for name in COLUMNS))
    return shown.where(or_(is_end, *is_extreme)).order_by(ranked.c.epoch)


def _stretch(plan: _Plan, epoch: ColumnElement[int]) -> ColumnElement[int]:
    """The number of the stretch an epoch lies in, from 0 on."""
    first, last = plan.span.first // plan.unit, plan.span.last // plan.unit
    place = epoch // plan.unit - first
    return place * literal(plan.stretches, BigInteger) // (last - first + 1)


def _order(rows: Any, measure: str, greatest: bool) -> list[ColumnElement[Any]]:
    value = rows.c[measure]
    return [(value.desc() if greatest else value.asc()).nulls_last(), rows.c.epoch]


def _candidates(plan: _Plan) -> Select[Any] | CompoundSelect[Any]:
    """All rows of the span; or of its inner blocks those that were marked as extremes."""
    span, epoch = plan.span, EPOCHS.epoch
    mine = select(*SHOWN).where(EPOCHS.job_id == span.job_id)
    if plan.unit == 1:
        return mine.where(epoch.between(span.first, span.last))
    inner = (span.first // BLOCK_EPOCHS + 1) * BLOCK_EPOCHS
    after = span.last // BLOCK_EPOCHS * BLOCK_EPOCHS
    return union_all(
        mine.where(epoch.between(span.first, inner - 1)),
        mine.where(epoch.between(inner, after - 1), EPOCHS.is_extreme),
        mine.where(epoch.between(after, span.last)),
    )
