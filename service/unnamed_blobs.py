"""Blobs that no row names: left by a process that died between a blob and its row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from service.database.tables import Checkpoint, Dataset, TrainedModel

AT_ONCE = 500


def among(session: Session, names: Iterable[str]) -> Iterator[str]:
    """Those of `names` that no row of the session's database names."""
    left = iter(names)
    while some := set(islice(left, AT_ONCE)):
        named = (
            select(column).where(column.in_(some))
            for column in (Dataset.blob, Dataset.stored_blob, Checkpoint.blob, TrainedModel.blob)
        )
        yield from some.difference(session.scalars(union_all(*named)))
