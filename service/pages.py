"""One page of a list, and where the next one begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.errors import Fault
from service.errors import Invalid
from service.ids import well_formed


class Identified(Protocol):
    """A row with an id, by which its list is ordered."""

    id: Any


Row = TypeVar("Row", bound=Identified)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`next` is the cursor that `after` takes; None where nothing follows."""

    data: Sequence[Row]
    next: str | None

    @property
    def has_more(self) -> bool:
        return self.next is not None


def newest_first(
    session: Session,
    chosen: Select[Row],
    ids: InstrumentedAttribute[str],
    *,
    kind: str,
    limit: int,
    after: str | None,
) -> Page[Row]:
    """The first `limit` of the chosen rows that are older than the id `after`.

    That row need not exist any more; what never was an id of this kind raises Invalid.
    """
    if after is not None:
        if not well_formed(kind, after):
            raise Invalid([Fault("/after", "is not a cursor of this list")])
        chosen = chosen.where(ids < after)
    rows = session.scalars(chosen.order_by(ids.desc()).limit(limit + 1)).all()
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)
