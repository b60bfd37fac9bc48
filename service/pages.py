"""One page of a list, and where the next one begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`next` is the cursor that `after` takes; None where nothing follows."""

    data: Sequence[Row]
    next: str | None

    @property
    def has_more(self) -> bool:
        return self.next is not None
