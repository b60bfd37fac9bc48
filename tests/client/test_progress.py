"""The bar on stderr: only on a terminal, with rich or without."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from descentd_client.progress import bar, line, plain_bar


class Screen(io.StringIO):
    """A terminal, as far as a bar asks."""

    def isatty(self) -> bool:
        return True


def row(epoch: int, cost: float | None = 0.5) -> Any:
    return {"epoch": epoch, "cost": cost}


def test_a_line_says_how_far_it_is() -> None:
    assert line(row(0), 4) == f"epoch 0/4 [{'.' * 30}] cost 0.5"
    assert line(row(2), 4) == f"epoch 2/4 [{'#' * 15}{'.' * 15}] cost 0.5"
    assert line(row(4, None), 4) == f"epoch 4/4 [{'#' * 30}] cost is not finite"


def test_a_plain_bar_ends_with_its_last_row() -> None:
    screen = Screen()
    with plain_bar(1000, screen) as show:
        for epoch in range(1001):
            show(row(epoch))
    drawn = screen.getvalue().split("\r\x1b[K")
    assert drawn[-1] == line(row(1000), 1000) + "\n"
    assert len(drawn) < 1000, "it is not drawn for each row"


def test_rich_draws_it_where_it_is_installed() -> None:
    screen = Screen()
    with bar(10, True, screen) as show:
        show(row(10, 0.25))
    assert "epoch 10/10" in screen.getvalue()
    assert "cost 0.25" in screen.getvalue()


def test_without_rich_it_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich.progress", None)
    screen = Screen()
    with bar(10, True, screen) as show:
        show(row(10))
    assert screen.getvalue().endswith(line(row(10), 10) + "\n")


@pytest.mark.parametrize(("is_wanted", "output"), [(False, Screen()), (True, io.StringIO())])
def test_unwanted_or_without_a_terminal_nothing_is_drawn(
    is_wanted: bool, output: io.StringIO
) -> None:
    with bar(10, is_wanted, output) as show:
        show(row(10))
    assert output.getvalue() == ""
