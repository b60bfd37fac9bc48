"""The verdict on a history: on runs whose trouble is known, on curves drawn by hand, on the odd."""

import json
import math

import numpy as np
import pytest

from benchmarks.diagnosis import VERDICTS, confusion, share_right
from benchmarks.labelled_table import labelled_runs
from engine.diagnosis import diagnose
from engine.records import EpochRecord

UNSEEN_SEED = 700  # see benchmarks.diagnosis for those that the rules have seen


def history(costs, validation=None, norms=None, accepted=None):
    """Rows from epoch 0 on, with these columns."""
    count = len(costs)
    validation = [None] * count if validation is None else validation
    norms = [None] * count if norms is None else norms
    accepted = [True] * count if accepted is None else accepted
    return [
        EpochRecord(
            epoch=epoch,
            cost=costs[epoch],
            validation_cost=validation[epoch],
            accuracy=None,
            validation_accuracy=None,
            gradient_norm=norms[epoch],
            learning_rate=0.1 if epoch else None,
            accepted=accepted[epoch],
            seconds=0.0,
        )
        for epoch in range(count)
    ]


def decay(epochs, per_epoch, floor=0.0):
    """From 1 down to `floor`, by the share `per_epoch` of what is left in each epoch."""
    return [floor + (1 - floor) * (1 - per_epoch) ** epoch for epoch in range(epochs + 1)]


def thinned(rows):
    """About a fifth of the rows: the least and the greatest cost of each stretch, and the ends."""
    kept = {0, len(rows) - 1}
    for stretch in np.array_split(np.arange(len(rows)), max(len(rows) // 10, 1)):
        by_cost = sorted(stretch, key=lambda epoch: rows[epoch].cost)
        kept |= {int(by_cost[0]), int(by_cost[-1])}
    return [rows[epoch] for epoch in sorted(kept)]


@pytest.fixture(scope="module")
def found():
    return confusion(labelled_runs(), [UNSEEN_SEED])


def test_nineteen_of_twenty_known_troubles_are_named(found):
    assert found.total() >= 60
    assert share_right(found) >= 0.95, found


@pytest.mark.parametrize("verdict", VERDICTS)
def test_four_of_five_of_each_trouble_are_named(found, verdict):
    assert sum(found[verdict, given] for given in VERDICTS) >= 10
    assert share_right(found, [verdict]) >= 0.8, found


def test_a_cost_that_jumps_above_its_start_is_too_large_a_rate():
    found = diagnose(history([1.0, 40.0, 3.0, 12.0, 0.9, 2.0, 0.8]), "epochs")
    assert found.verdict == "too_large"
    assert found.evidence["peak"] == 40.0
    assert "40 times" in found.sentence
    assert "learning rate" in found.advice


def test_a_cost_that_settles_above_its_start_is_too_large_a_rate():
    found = diagnose(history([1.0] + [1.5] * 20))
    assert found.verdict == "too_large"
    assert "50 % above its start" in found.sentence


def test_a_cost_that_goes_up_and_down_without_settling_is_too_large_a_rate():
    assert diagnose(history([1.0] + [0.5, 0.9] * 15)).verdict == "too_large"


def test_epochs_that_are_taken_back_one_after_another_are_too_large_a_rate():
    accepted = [True] + [False] * 10
    assert diagnose(history([1.0] * 11, accepted=accepted)).verdict == "too_large"


def test_divergence_is_too_large_a_rate_whatever_came_before():
    calm = history(decay(50, 0.1))
    assert diagnose(calm, "diverged").verdict == "too_large"
    for broken in (math.inf, math.nan, None):
        rows = [*calm[:-1], calm[-1]._replace(cost=broken)]
        assert diagnose(rows).verdict == "too_large"


def test_a_cost_that_never_was_finite_is_not_blamed_on_the_rate():
    found = diagnose(history([math.inf]), "diverged")
    assert found.verdict == "too_large"
    assert "before the first step" in found.sentence
    assert "rate" not in found.advice


@pytest.mark.parametrize("norms", [None, [None] + [2.0] * 100])
def test_a_slow_and_steady_fall_is_too_small_a_rate(norms):
    costs = [1.0 - 0.0005 * epoch for epoch in range(101)]
    found = diagnose(history(costs, norms=norms))
    assert found.verdict == "too_small"
    assert found.evidence["fall"] == pytest.approx(0.05, abs=0.005)


def test_the_noise_of_dropout_at_weights_that_hardly_move_is_too_small_a_rate():
    costs = [1.0] + [2.5, 1.9] * 20
    assert diagnose(history(costs, norms=[None] + [3.0, 2.8] * 20)).verdict == "too_small"
    assert diagnose(history(costs, norms=[None] + [3.0, 0.1] * 20)).verdict == "too_large"


def test_a_fall_that_levels_out_has_converged():
    found = diagnose(history(decay(200, 0.05, floor=0.2)))
    assert found.verdict == "converged"
    assert found.evidence["fall"] == pytest.approx(0.8, abs=0.01)
    assert found.evidence["late_fall"] < 0.01


@pytest.mark.parametrize("reason", ["gradient_norm", "learning_rate"])
def test_a_run_that_came_to_rest_has_converged(reason):
    falling = history(decay(12, 0.1))
    assert diagnose(falling, "epochs").verdict == "healthy"
    assert diagnose(falling, reason).verdict == "converged"


def test_a_start_at_a_minimum_has_converged():
    noise = np.random.default_rng(0).normal(0.0, 0.001, 101)
    costs = list(0.5 + noise)
    found = diagnose(history(costs, norms=[None] + [0.01, 0.012] * 50))
    assert found.verdict == "converged"
    assert "where it started" in found.sentence


def test_a_validation_cost_that_rises_while_the_cost_falls_is_overfitting():
    validation = [1.0 - 0.02 * epoch for epoch in range(30)]
    validation += [0.42 + 0.005 * epoch for epoch in range(71)]
    found = diagnose(history(decay(100, 0.05), validation=validation))
    assert found.verdict == "overfitting"
    assert found.evidence["validation_gap"] == pytest.approx(0.75 / 0.42 - 1, abs=0.03)
    assert "patience" in found.advice


def test_a_slow_fall_is_overfitting_where_the_validation_cost_rises():
    costs, rising = [1.0 - 0.002 * n for n in range(101)], [1.0 + 0.003 * n for n in range(101)]
    assert diagnose(history(costs)).verdict == "too_small"
    assert diagnose(history(costs, validation=rising)).verdict == "overfitting"


def test_a_validation_cost_that_stays_low_is_not_overfitting():
    costs = decay(200, 0.05, floor=0.2)
    assert diagnose(history(costs, validation=[1.1 * cost for cost in costs])).verdict == (
        "converged"
    )


def test_a_cost_that_is_still_falling_is_healthy():
    found = diagnose(history(decay(20, 0.1)))
    assert found.verdict == "healthy"
    assert "still falling" in found.sentence


def test_an_adaptive_rate_that_is_sometimes_taken_back_is_healthy():
    costs, accepted = [1.0], [True]
    for epoch in range(1, 41):
        accepted.append(epoch % 14 != 0)
        costs.append(costs[-1] * (0.96 if accepted[-1] else 1.0))
    found = diagnose(history(costs, accepted=accepted))
    assert found.verdict == "healthy"
    assert found.evidence["rejected"] == pytest.approx(2 / 41)


@pytest.mark.parametrize("rows", range(5))
def test_a_few_rows_are_too_early_and_say_so(rows):
    found = diagnose(history(decay(4, 0.0001)[:rows]))
    assert found.verdict == "healthy"
    assert "too early" in found.sentence or "no cost" in found.sentence
    assert found.advice.startswith("Wait")


def test_a_jump_is_told_even_in_a_few_rows():
    assert diagnose(history([1.0, 500.0])).verdict == "too_large"


def test_a_history_with_holes_is_judged_by_the_rest():
    costs = decay(200, 0.05, floor=0.2)
    validation, norms = [cost + 0.1 for cost in costs], [10 * cost for cost in costs]
    for column, hole in ((costs, None), (validation, math.nan), (norms, math.inf)):
        column[20] = column[30] = hole
    assert diagnose(history(costs, validation, norms)).verdict == "converged"


def test_a_part_of_a_history_is_judged_as_such():
    assert diagnose(history(decay(300, 0.02))[30:60]).verdict == "healthy"


@pytest.mark.parametrize(
    "rows",
    [
        history(decay(400, 0.02, floor=0.1)),
        history([1.0 - 0.0002 * epoch for epoch in range(401)]),
        history([1.0] + [0.5, 0.9] * 200),
        history(decay(60, 0.03)),
        history(decay(400, 0.02), validation=[0.5 + 0.001 * epoch for epoch in range(401)]),
    ],
)
def test_thinning_a_history_leaves_its_verdict(rows):
    few = thinned(rows)
    assert len(few) <= len(rows) / 3
    assert diagnose(few).verdict == diagnose(rows).verdict


@pytest.mark.parametrize(
    "costs",
    [
        [0.0] * 20,
        [1.0] + [0.0] * 20,
        [0.0] * 10 + [1e-9] * 10,
        [1e308] * 20,
        [1e-320, 1e308] * 10,
        [1e-320] * 20,
    ],
)
def test_the_evidence_is_finite_json_for_any_numbers(costs):
    count = len(costs)
    found = diagnose(history(costs, validation=costs[::-1], norms=[None] + [0.0] * (count - 1)))
    assert found.verdict in VERDICTS
    assert all(math.isfinite(value) for value in found.evidence.values())
    assert json.loads(json.dumps(found.evidence, allow_nan=False)) == found.evidence
    assert found.sentence.endswith(".")
    assert "nan" not in found.sentence


def test_a_cost_of_zero_has_converged():
    assert diagnose(history([0.0] * 20)).verdict == "converged"
    assert diagnose(history([1.0] + [0.0] * 20)).verdict == "converged"


def test_the_unit_of_the_cost_does_not_matter():
    validation = [0.5 + 0.002 * epoch for epoch in range(101)]
    costs, norms = decay(100, 0.05), [None, *decay(99, 0.05)]
    plain = diagnose(history(costs, validation, norms))
    scaled = diagnose(
        history(
            [1e-6 * cost for cost in costs],
            [1e-6 * cost for cost in validation],
            [None, *(1e-6 * norm for norm in norms[1:])],
        )
    )
    assert (plain.verdict, plain.sentence) == (scaled.verdict, scaled.sentence)
