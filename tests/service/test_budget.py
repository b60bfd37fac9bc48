import pytest

from service.budget import Budget
from service.errors import Busy


def test_beyond_the_budget_nothing_is_taken_until_a_place_is_given_back():
    budget = Budget(2, "All are taken.", retry_after_seconds=5)
    first = budget.take()
    with budget.take():
        with pytest.raises(Busy, match="All are taken") as refused:
            budget.take()
        assert refused.value.retry_after_seconds == 5
    budget.take()
    with pytest.raises(Busy):
        budget.take()
    first.give_back()
    budget.take()


def test_a_place_that_is_given_back_twice_counts_once():
    budget = Budget(1, "All are taken.")
    place = budget.take()
    place.give_back()
    place.give_back()
    budget.take()
    with pytest.raises(Busy):
        budget.take()
