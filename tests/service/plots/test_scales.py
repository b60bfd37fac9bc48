"""Numbers find their places, and the ticks beside them are round and few."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.plots.scales import epoch_scale, labels, number, scale_of

COSTS = st.lists(st.floats(0, 1.7e308), min_size=1, max_size=8)


@given(COSTS)
def test_every_value_lies_within_its_scale_and_higher_ones_lie_higher(values: list[float]) -> None:
    scale = scale_of(values, 200, 10)
    places = [scale.at(value) for value in sorted(values)]
    assert all(10 - 1e-6 <= place <= 200 + 1e-6 for place in places)
    assert places == sorted(places, reverse=True)


@given(COSTS, st.integers(2, 8))
def test_ticks_lie_within_the_scale_in_order_and_differ_as_labels(
    values: list[float], most: int
) -> None:
    scale = scale_of(values, 200, 10)
    ticks = scale.ticks(most)
    assert len(ticks) <= 2 * most + 3
    assert all(-1e-6 <= scale.at(tick) <= 200 + 1e-6 for tick in ticks)
    assert len(set(labels(ticks))) == len(ticks)
    assert all(math.isfinite(tick) for tick in ticks)


@pytest.mark.parametrize(
    ("values", "is_log"),
    [([1, 19], False), ([1, 20], True), ([0, 1000], False), ([0.5, 0.5], False)],
)
def test_the_scale_is_logarithmic_from_twenty_times_the_least_on(
    values: list[float], is_log: bool
) -> None:
    assert scale_of(values, 0, 1).is_log is is_log


def test_equal_steps_of_a_logarithmic_scale_are_equal_factors() -> None:
    scale = scale_of([0.01, 1.0], 0, 300)
    assert scale.at(0.1) - scale.at(0.01) == pytest.approx(scale.at(1.0) - scale.at(0.1))


def test_round_ticks() -> None:
    assert epoch_scale(100, 0, 1).ticks(5) == [0, 20, 40, 60, 80, 100]
    assert scale_of([0.0, 1.0], 0, 1).ticks(5) == pytest.approx([0, 0.5, 1])
    assert labels(scale_of([0.06, 1.1], 0, 1).ticks(5)) == ["0", "0.5", "1"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (0.0123456, "0.01235"),
        (-1.5, "−1.5"),
        (1234.5678, "1,235"),
        (123456.0, "123,456"),
        (2e6, "2e6"),
        (1.5e-7, "1.5e−7"),
        (1e300, "1e300"),
    ],
)
def test_numbers_are_written_for_people(value: float, shown: str) -> None:
    assert number(value) == shown


def test_labels_are_all_powers_of_ten_where_one_has_to_be() -> None:
    assert labels([0, 900_000, 1_000_000]) == ["0", "9e5", "1e6"]
