"""Few rows for many: held against the contract's words, written out in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from engine.records import EpochRecord
from service import claims, history, thinning
from service.database.sessions import Sessions

Costs = Sequence[float | None]
SHORT, LONG = 12, 200  # examples
FEW_VALUES = st.one_of(st.none(), st.integers(0, 6).map(float))


def record(epoch: int, cost: float | None, validation_cost: float | None) -> EpochRecord:
    return EpochRecord(epoch, cost, validation_cost, None, None, 0.5, 0.1, True, 0.001)


@pytest.fixture
def recorded(
    submitted: Callable[..., Any], claimed: Callable[..., Any], write: Callable[..., Any], spec: Any
) -> Callable[..., str]:
    """Makes a job with these costs, written in parts of these sizes."""

    def make(costs: Costs, validation_costs: Costs | None, sizes: Sequence[int] = (1000,)) -> str:
        chosen = spec if validation_costs else replace(spec, validation=None)
        job_id = str(submitted(spec=chosen).id)
        claim = claimed()
        pairs = zip(costs, validation_costs or [None] * len(costs), strict=True)
        rows = [record(epoch, *pair) for epoch, pair in enumerate(pairs)]
        at, turn = 0, 0
        while at < len(rows):
            size = sizes[turn % len(sizes)]
            write(claims.record, claim, rows[at : at + size])
            at, turn = at + size, turn + 1
        return job_id

    return make


@pytest.fixture
def thin(read: Callable[..., Any]) -> Callable[..., list[Any]]:
    def look(job_id: str, points: int, after: int | None = None, limit: int | None = None) -> Any:
        def thinned(session: Any) -> Any:
            span = history.span(session, "default", job_id, after, limit)
            return thinning.thinned(session, span, points)

        return list(read(thinned))

    return look


def earliest(epochs: Sequence[int], values: Costs, greatest: bool = False) -> int | None:
    """The epoch of the least value, or the greatest; the earliest of equals; none of no values."""
    found = None
    for epoch in epochs:
        value = values[epoch]
        if value is None:
            continue
        if found is None or (value > values[found] if greatest else value < values[found]):
            found = epoch
    return found


def stretches_of(epochs: Sequence[int], count: int, unit: int) -> list[list[int]]:
    """The epochs in so many stretches of whole units, as equal as whole units can be."""
    first = epochs[0] // unit
    units = epochs[-1] // unit - first + 1
    found: list[list[int]] = [[] for _ in range(count)]
    for epoch in epochs:
        found[(epoch // unit - first) * count // units].append(epoch)
    return [stretch for stretch in found if stretch]


def by_the_words(
    epochs: Sequence[int], costs: Costs, validation_costs: Costs | None, points: int
) -> list[int]:
    """At most `points` rows: of each stretch the least and greatest; first, last and best."""
    if len(epochs) <= points:
        return list(epochs)
    measures = [costs] if validation_costs is None else [costs, validation_costs]
    kept = {epochs[0], epochs[-1], earliest(epochs, measures[-1])}
    count = (points - 2) // (2 * len(measures))
    if count:
        unit = 64 if len(epochs) > 64 * count else 1
        for stretch in stretches_of(epochs, count, unit):
            for values in measures:
                kept |= {earliest(stretch, values), earliest(stretch, values, greatest=True)}
    return sorted(epoch for epoch in kept if epoch is not None)


@pytest.mark.parametrize("examples", [SHORT, pytest.param(LONG, marks=pytest.mark.verify)])
def test_what_is_kept_is_what_the_contract_says(
    recorded: Callable[..., str], thin: Callable[..., list[Any]], examples: int
) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(data=st.data())
    def explore(data: st.DataObject) -> None:
        check_one(recorded, thin, data)

    explore()


def check_one(
    recorded: Callable[..., str], thin: Callable[..., list[Any]], data: st.DataObject
) -> None:
    length = data.draw(st.integers(1, 420), "length")
    column = st.lists(FEW_VALUES, min_size=length, max_size=length)
    costs = data.draw(column, "costs")
    validation_costs = data.draw(st.one_of(st.none(), column), "validation costs")
    sizes = data.draw(st.lists(st.integers(1, 150), min_size=1, max_size=4), "sizes")
    job_id = recorded(costs, validation_costs, sizes)
    points = data.draw(st.integers(4, 40), "points")
    after = data.draw(st.one_of(st.none(), st.integers(0, length)), "after")
    limit = data.draw(st.one_of(st.none(), st.integers(1, length)), "limit")
    first = 0 if after is None else after + 1
    epochs = range(first, length if limit is None else min(length, first + limit))
    kept = [row.epoch for row in thin(job_id, points, after, limit)]
    expected = by_the_words(epochs, costs, validation_costs, points) if epochs else []
    assert kept == expected
    assert len(kept) <= points


def peaks(length: int) -> list[float | None]:
    """A falling cost with one peak and one hole that any even sampling would miss."""
    costs: list[float | None] = [1 / (epoch + 1) for epoch in range(length)]
    costs[137] = 50.0
    costs[2_049] = 1e-9
    return costs


def test_no_peak_of_a_long_history_is_lost(
    recorded: Callable[..., str], thin: Callable[..., list[Any]]
) -> None:
    costs = peaks(5_000)
    job_id = recorded(costs, None)
    rows = thin(job_id, 20)
    assert len(rows) <= 20
    kept = {row.epoch: row.cost for row in rows}
    assert {0, 137, 2_049, 4_999} <= set(kept)
    assert all(costs[epoch] == cost for epoch, cost in kept.items())
    assert rows[0]._fields == history.COLUMNS


def test_rows_that_were_written_before_there_were_marks_are_thinned_alike(
    recorded: Callable[..., str], thin: Callable[..., list[Any]], write: Any
) -> None:
    job_id = recorded(peaks(3_000), None, (700,))
    marked = thin(job_id, 10)
    write(lambda session: session.execute(text("UPDATE epochs SET is_extreme = true")))
    assert thin(job_id, 10) == marked


def test_few_rows_of_a_long_history_are_marked(
    recorded: Callable[..., str], read: Callable[..., Any]
) -> None:
    recorded(peaks(3_000), None, (1_000,))
    count = text("SELECT count(*) FROM epochs WHERE is_extreme")
    assert 0 < read(lambda session: session.scalar(count)) < 3_000 / 20


@pytest.mark.parametrize("points", [4, 5, 6, 7, 8])
def test_the_fewest_points_hold_first_last_and_best(
    recorded: Callable[..., str], thin: Callable[..., list[Any]], points: int
) -> None:
    costs = [5.0, 4.0, 9.0, 3.0, 8.0, 2.0, 7.0, 1.0, 6.0, 5.5]
    validation_costs = [5.0, 4.0, 3.0, 2.0, 9.0, 9.0, 9.0, 9.0, 9.0, 8.0]
    kept = [row.epoch for row in thin(recorded(costs, validation_costs), points)]
    assert {0, 3, 9} <= set(kept)
    assert len(kept) <= points


def test_the_marked_rows_are_found_by_their_index(
    sessions: Sessions, recorded: Callable[..., str]
) -> None:
    job_id = recorded(peaks(5_000), None)
    with sessions.reading() as session:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        if not is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
        span = history.span(session, "default", job_id)
        query = thinning.chosen(span, 20).compile(
            session.get_bind(), compile_kwargs={"literal_binds": True}
        )
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        plan = session.connection().exec_driver_sql(f"{explain}{query}").all()
    assert "ix_epochs_extremes" in str(plan)
