"""Retries come ever later, by chance, and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.retries import LONGEST_DELAY_SECONDS, TRIES, delay_seconds

CHANCES = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("failures", "least"), [(1, 5), (2, 20), (3, 80), (4, 320), (5, 1280), (6, 5120), (7, 20480)]
)
def test_the_delays_grow_fourfold_from_five_seconds(failures, least):
    assert delay_seconds(failures, lambda: 0.0) == least


@given(st.integers(1, 10_000), CHANCES, st.floats(0, 1e9))
def test_a_delay_is_never_shorter_than_asked_nor_longer_than_a_quarter_of_a_day_and_chance(
    failures, chance, asked
):
    delay = delay_seconds(failures, lambda: chance, asked)
    assert min(asked, LONGEST_DELAY_SECONDS) <= delay <= 1.5 * LONGEST_DELAY_SECONDS
    assert delay <= delay_seconds(failures + 1, lambda: chance, asked)


@given(st.integers(1, TRIES), CHANCES)
def test_chance_makes_a_delay_longer_by_up_to_a_half(failures, chance):
    least = delay_seconds(failures, lambda: 0.0)
    assert least <= delay_seconds(failures, lambda: chance) <= 1.5 * least


def test_all_tries_together_last_most_of_a_day():
    total = sum(delay_seconds(failures, lambda: 0.0) for failures in range(1, TRIES))
    assert total == pytest.approx(70505)
