"""How far a run is, how fast, how long still; and how that is said."""

from __future__ import annotations

from typing import Any

import pytest

from cli.remote import texts
from cli.remote.run_state import MOST_POINTS, RunState
from cli.remote.views import frame


def row(epoch: int, cost: float | None = 1.0, seconds: float = 0.5, **more: Any) -> Any:
    none = {"validation_cost": None, "learning_rate": None}
    return {"epoch": epoch, "cost": cost, "seconds": seconds, **none, **more}


def state_of(epochs: int, *rows: Any) -> RunState:
    state = RunState(epochs)
    for each in rows:
        state.take(each)
    return state


def test_speed_and_time_left_are_by_the_latest_epochs() -> None:
    rows = [row(0, seconds=100.0)]
    rows += [row(epoch, seconds=9.0) for epoch in range(1, 51)]
    rows += [row(epoch, seconds=0.5) for epoch in range(51, 151)]
    state = state_of(200, *rows)
    assert state.epochs_per_second == pytest.approx(2)
    assert state.seconds_left == pytest.approx(25)
    assert texts.progress(state) == "epoch 150/200   2 epochs/s   25 s left"


def test_before_the_first_epoch_nothing_is_said_of_speed() -> None:
    assert texts.progress(state_of(9)) == "epoch 0/9"
    assert texts.progress(state_of(9, row(0))) == "epoch 0/9"
    assert texts.progress(state_of(9, row(0), row(1, seconds=0.0))) == "epoch 1/9"


def test_at_the_end_nothing_is_left() -> None:
    assert texts.progress(state_of(1, row(0), row(1))) == "epoch 1/1   2 epochs/s"


def test_a_long_run_takes_no_more_room_than_a_short_one_and_keeps_its_shape() -> None:
    count = 5 * MOST_POINTS
    state = state_of(count, *[row(epoch, cost=float(epoch)) for epoch in range(count)])
    assert MOST_POINTS // 2 <= len(state.costs) <= MOST_POINTS
    steps = {after - before for before, after in zip(state.costs, state.costs[1:], strict=False)}
    assert state.costs[0] == 0
    assert steps == {8.0}


def test_a_cost_that_is_not_finite_is_left_out_of_the_curve() -> None:
    state = state_of(2, row(0, 3.0), row(1, None))
    assert state.costs == [3.0]
    assert "cost –" in texts.costs(row(1, None))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 s"), (99.0, "99 s"), (100.0, "2 min"), (3540.0, "59 min"), (7500.0, "2 h 5 min")],
)
def test_times_are_said_as_one_says_them(seconds: float, said: str) -> None:
    assert texts.span(seconds) == said


def test_columns_stand_under_each_other() -> None:
    lines = list(texts.table(["A", "LONG"], [["first", "1"], ["x", "22"]]))
    assert lines == ["A      LONG", "first  1", "x      22"]


@pytest.mark.parametrize("width", [20, 80, 300])
@pytest.mark.parametrize("rows", [[], [row(0)], [row(0, None)], [row(0, 2.0), row(1, -1.0)]])
def test_a_frame_fits_its_terminal(width: int, rows: list[Any]) -> None:
    from rich.console import Console

    console = Console(width=width, file=None, record=True, quiet=False, force_terminal=False)
    job: Any = {"id": "job_1", "name": None, "dataset": "iris"}
    with console.capture() as captured:
        console.print(frame(job, state_of(5, *rows), width))
    assert "job_1" in captured.get()
    assert max(map(len, captured.get().splitlines())) <= max(width, 20 + 12)
