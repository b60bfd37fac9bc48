"""A history as rows, as columns, as frames of packages that may be missing."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from descentd_client import History, MissingExtraError
from descentd_client.history import read

from .flows import CORE, answer, run

COLUMNS = {"epoch": [0, 1], "cost": [2.0, None]}


def page(columns: dict[str, Any], next_epoch: int | None = None) -> Any:
    body = {"columns": columns, "has_more": next_epoch is not None, "next": next_epoch}
    return answer(200, body)


def test_pages_are_put_together() -> None:
    done = run(
        read(CORE, "job_1", None, None), page(COLUMNS, 1), page({"epoch": [2], "cost": [1.0]})
    )
    assert done.result.columns == {"epoch": [0, 1, 2], "cost": [2.0, None, 1.0]}
    assert [request.query.get("after_epoch") for request in done.requests] == [None, "1"]


def test_a_thinned_history_is_one_page() -> None:
    done = run(read(CORE, "job_1", None, 4), page(COLUMNS, 9))
    assert done.requests[0].query == {"layout": "columns", "points": "4"}
    assert len(done.result) == 2


def test_it_is_rows_as_well_as_columns() -> None:
    history = History(COLUMNS)
    assert history["cost"] == [2.0, None]
    assert history.rows() == [{"epoch": 0, "cost": 2.0}, {"epoch": 1, "cost": None}]
    assert len(history) == 2


def test_before_the_first_row_it_is_empty() -> None:
    assert len(History({})) == 0
    assert History({"epoch": [], "cost": []}).rows() == []


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_a_frame_needs_its_package(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=rf"descentd-client\[{name}\]") as caught:
        getattr(History(COLUMNS), f"to_{name}")()
    assert isinstance(caught.value, ImportError)


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_a_frame_is_made_of_the_columns(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    package = ModuleType(name)
    package.DataFrame = lambda columns, **_: ("frame", columns)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, name, package)
    assert getattr(History(COLUMNS), f"to_{name}")() == ("frame", COLUMNS)
