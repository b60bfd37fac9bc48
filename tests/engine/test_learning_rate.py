"""Each schedule against its formula's values worked out by hand, and plateau by a told story."""

import math

import pytest
from builders import random_table, run, timeless, training_of

from engine.constraints import LEARNING_RATES, OPTIMIZERS, SCHEDULES
from engine.learning_rate import Adaptive, rate_of
from engine.spec import Schedule


def rate(kind, initial=0.1, epochs=10, steps=2, **options):
    return rate_of(Schedule(kind, initial, {**SCHEDULES[kind], **options}), epochs, steps)


def by_epoch(rate, epochs, steps=2):
    return [rate.at(epoch, steps - 1) for epoch in range(1, epochs + 1)]


def test_a_number_is_constant():
    assert by_epoch(rate_of(0.3, 5, 2), 5) == [0.3] * 5


def test_step_cuts_every_so_many_epochs():
    found = by_epoch(rate("step", every=2, factor=0.5), 5)
    assert found == pytest.approx([0.1, 0.1, 0.05, 0.05, 0.025])


def test_exponential():
    assert by_epoch(rate("exponential", factor=0.5), 3) == pytest.approx([0.1, 0.05, 0.025])


def test_inverse_time():
    assert by_epoch(rate("inverse_time", decay=1.0), 3) == pytest.approx([0.1, 0.05, 0.1 / 3])


def test_cosine_falls_along_half_a_wave():
    found = by_epoch(rate("cosine", epochs=4, final=0.02), 4)
    high = 0.02 + 0.04 * (1 + math.sqrt(0.5))
    low = 0.02 + 0.04 * (1 - math.sqrt(0.5))
    assert found == pytest.approx([0.1, high, 0.06, low])


def test_one_cycle_rises_to_its_peak_and_falls_to_its_end():
    cycle = rate("one_cycle", initial=0.1, peak=1.0, final=0.01, rise=0.5, epochs=4, steps=2)
    found = [cycle.at(epoch, step) for epoch in range(1, 5) for step in range(2)]
    # Up over steps 0 … 3, down over steps 3 … 7, both along half cosines.
    half = 0.495 * math.sqrt(0.5)
    up, down = [0.1, 0.325, 0.775, 1.0], [0.505 + half, 0.505, 0.505 - half, 0.01]
    assert found == pytest.approx([*up, *down])


def test_warm_up_climbs_step_by_step_and_then_the_schedule_begins():
    warmed = rate("exponential", factor=0.5, warmup_epochs=2, steps=2)
    found = [warmed.at(epoch, step) for epoch in range(1, 5) for step in range(2)]
    assert found == pytest.approx([0.025, 0.05, 0.075, 0.1, 0.1, 0.1, 0.05, 0.05])


def test_plateau_cuts_when_the_cost_stays():
    plateau = rate("plateau", factor=0.5, patience=1, cooldown=1, minimum=0.03, threshold=0.0)
    found = []
    for cost in [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5]:
        found.append(plateau.at(1, 0))
        plateau.observe(cost)
    # 1.0 is best; two more without a fall exceed the patience of one, and one is a cooldown.
    assert found == pytest.approx([0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.03, 0.03, 0.03])


def test_plateau_watches_only_once_its_warm_up_is_over():
    plateau = rate("plateau", factor=0.5, patience=0, minimum=0.08, warmup_epochs=2, steps=2)
    found = []
    for epoch, cost in enumerate([1.0, 2.0, 2.0, 2.0, 2.0], start=1):
        found += [plateau.at(epoch, step) for step in range(2)]
        plateau.observe(cost)
    # No wait was counted in the warm-up, and the minimum did not raise its small steps.
    assert found == pytest.approx([0.025, 0.05, 0.075, 0.1, 0.1, 0.1, 0.1, 0.1, 0.08, 0.08])


def test_plateau_needs_a_fall_by_more_than_its_threshold():
    plateau = rate("plateau", factor=0.5, patience=0, threshold=0.1)
    for cost in [1.0, 0.95]:
        plateau.observe(cost)
    assert plateau.at(1, 0) == pytest.approx(0.05)


def test_adaptive_grows_and_halves():
    adaptive = rate("adaptive", initial=1.0)
    assert isinstance(adaptive, Adaptive)
    adaptive.accept()
    assert adaptive.at(1, 0) == pytest.approx(1.05)
    adaptive.reject()
    assert adaptive.at(1, 0) == pytest.approx(0.525)
    for _ in range(38):
        adaptive.reject()
    assert not adaptive.exhausted
    adaptive.reject()
    assert adaptive.exhausted


@pytest.mark.parametrize("kind", list(SCHEDULES))
def test_a_rate_goes_on_from_its_saved_state(kind):
    one, other = rate(kind, initial=0.2), rate(kind, initial=0.2)
    for cost in [3.0, *[2.0] * 14]:
        one.observe(cost)
    if isinstance(one, Adaptive):
        one.accept()
    other.restore(one.state())
    assert by_epoch(one, 10) == by_epoch(other, 10)


def curve_of(kind, **changes):
    training = training_of(
        {"optimizer": {"kind": kind, "learning_rate": "auto"}, "epochs": 3, **changes},
        random_table(rows=200),
    )
    list(training.records())
    return training.search


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
def test_the_range_test_finds_a_rate_that_learns(kind):
    table = random_table(rows=200)
    body = {"optimizer": {"kind": kind, "learning_rate": "auto"}, "epochs": 30}
    records, outcome = run(body, table)
    assert outcome.cost < 0.5 * records[0].cost
    assert records[1].learning_rate == curve_of(kind).learning_rate


def test_the_range_test_reads_its_rate_from_a_rising_curve():
    search = curve_of("gradient_descent")
    rates = [rate for rate, _ in search.curve]
    assert rates == sorted(rates)
    least = min(search.curve, key=lambda point: point[1])[0]
    # Half of the least for plain descent, and its usual rate of 0.1: their geometric mean.
    assert search.learning_rate == pytest.approx((least / 2 * 0.1) ** 0.5)


def test_where_the_cost_only_rises_the_range_test_falls_back_on_the_usual_rate():
    table = random_table(rows=60)
    body = {"network": {"hidden": []}, "validation": None, "batch_size": None, "epochs": 400}
    trained = run({**body, "optimizer": {"learning_rate": 0.05}}, table)[1].parameters
    again = training_of({**body, "optimizer": {"learning_rate": "auto"}}, table, starting=trained)
    list(again.records())
    assert again.search.learning_rate == LEARNING_RATES["adam"]


@pytest.mark.parametrize("size", [None, 8])
def test_the_range_test_leaves_the_starting_weights_and_every_stream_alone(size):
    table = random_table(rows=60)
    found = run({"optimizer": {"learning_rate": "auto"}, "batch_size": size, "epochs": 4}, table)
    rate = found[0][1].learning_rate
    given = run({"optimizer": {"learning_rate": rate}, "batch_size": size, "epochs": 4}, table)
    assert timeless(found[0]) == timeless(given[0])
