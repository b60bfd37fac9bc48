"""A job's history: one row for each epoch, as rows, as columns, or as a data frame."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from descentd_client.asking import Core, asked, get, path, query
from descentd_client.errors import MissingExtraError
from descentd_client.types import HistoryRow
from descentd_client.wire import Flow

MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class History:
    """Columns by name, all of one length; ``None`` where a number was not measured or not finite.

    The columns are those that the service knows: ``epoch``, ``cost``, ``validation_cost`` …
    """

    columns: dict[str, list[Any]]

    def __len__(self) -> int:
        return len(self.columns["epoch"]) if self.columns else 0

    def __iter__(self) -> Iterator[HistoryRow]:
        for values in zip(*self.columns.values(), strict=True):
            yield cast(HistoryRow, dict(zip(self.columns, values, strict=True)))

    def __getitem__(self, name: str) -> list[Any]:
        """One column."""
        return self.columns[name]

    def rows(self) -> list[HistoryRow]:
        return list(self)

    def to_pandas(self) -> Any:
        """A pandas.DataFrame; raises MissingExtraError without pandas."""
        return _package("pandas").DataFrame(self.columns)

    def to_polars(self) -> Any:
        """A polars.DataFrame; raises MissingExtraError without polars."""
        # All values are looked at: the first ones of a column may be missing.
        return _package("polars").DataFrame(self.columns, infer_schema_length=None)


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtraError(
            f"{name} is not installed: pip install 'descentd-client[{name}]'"
        ) from error


def read(core: Core, job_id: str, after_epoch: int | None, points: int | None) -> Flow[History]:
    """All rows after an epoch; or, with ``points``, at most so many that show the curve's shape."""
    if points is not None:
        thinned = yield from _page(core, job_id, after_epoch, {"points": str(points)})
        return History(thinned["columns"])
    columns: dict[str, list[Any]] = {}
    while True:
        page = yield from _page(core, job_id, after_epoch, {"limit": str(MOST_ROWS)})
        for name, values in page["columns"].items():
            columns.setdefault(name, []).extend(values)
        if not page["has_more"]:
            return History(columns)
        after_epoch = page["next"]


def _page(
    core: Core, job_id: str, after_epoch: int | None, more: dict[str, str]
) -> Flow[dict[str, Any]]:
    parameters = {**query(after_epoch=after_epoch, layout="columns"), **more}
    return (
        yield from asked(core, get(path("jobs", job_id, "history"), parameters), dict[str, Any])
    )
