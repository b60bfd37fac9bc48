"""What a run reports, and when it ends."""

import math
from itertools import pairwise

import numpy as np
import oracle
import pytest
from builders import body, random_table, run, table_of, timeless, training_of
from hypothesis import given, settings
from hypothesis import strategies as st

GD = {"kind": "gradient_descent", "learning_rate": 0.1}


def test_epoch_0_is_the_cost_at_the_starting_weights():
    table = random_table()
    training = training_of(body(validation=None, l1=0.01, l2=0.1), table)
    first = next(iter(training.records()))
    flat = training.state().arrays["parameters"]
    expected = oracle.cost(
        flat, (3, 4, 1), ("tanh",), "linear", "mse", table.inputs, table.answers, 0.01, 0.1
    )
    assert first.epoch == 0
    assert first.cost == pytest.approx(expected, rel=1e-12)
    assert first.gradient_norm is None


def test_full_batch_rows_hold_the_gradient_before_and_the_cost_after_the_step():
    table = random_table()
    training = training_of(body(batch_size=None, validation=None, optimizer=GD, epochs=2), table)
    records = training.records()
    next(records)
    before = training.state().arrays["parameters"]

    def cost(flat):
        return oracle.cost(flat, (3, 4, 1), ("tanh",), "linear", "mse", table.inputs, table.answers)

    first = next(records)
    gradient = oracle.central_differences(cost, before)
    assert first.gradient_norm == pytest.approx(np.linalg.norm(gradient), rel=1e-6)
    assert first.cost == pytest.approx(cost(before - 0.1 * gradient), rel=1e-6)


def test_running_cost_is_each_batch_as_met_before_its_step():
    """With a learning rate next to nothing, the running cost is J at the start."""
    table = random_table(rows=21)
    slow = {"kind": "gradient_descent", "learning_rate": 1e-12}
    records, _ = run(body(validation=None, optimizer=slow, batch_size=8), table)
    assert records[1].cost == pytest.approx(records[0].cost, rel=1e-9)
    whole, _ = run(body(validation=None, optimizer=slow, batch_size=None), table)
    assert records[1].gradient_norm == pytest.approx(whole[1].gradient_norm, rel=1e-9)


def test_exact_training_cost_is_j_after_the_epoch():
    table = random_table()
    training = training_of(body(training_cost="exact", validation=None), table)
    for record in training.records():
        flat = training.state().arrays["parameters"]
        expected = oracle.cost(
            flat, (3, 4, 1), ("tanh",), "linear", "mse", table.inputs, table.answers
        )
        assert record.cost == pytest.approx(expected, rel=1e-12)


def test_a_batch_of_everything_equals_full_batch():
    table = random_table()
    whole = run(body(batch_size=None), table)
    large = run(body(batch_size=1000), table)
    assert timeless(whole[0]) == timeless(large[0])


@settings(deadline=None, max_examples=20)
@given(st.permutations(range(12)))
def test_full_batch_does_not_care_for_the_order_of_rows(order):
    table = random_table(rows=12)
    shuffled = table_of(table.inputs[list(order)], table.answers[list(order)])
    plain = body(batch_size=None, validation=None)
    for one, other in zip(run(plain, table)[0], run(plain, shuffled)[0], strict=True):
        assert one.cost == pytest.approx(other.cost, rel=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_same_seed_gives_the_same_history_and_another_seed_another(dtype):
    table = random_table()
    one, other = (run(body(dtype=dtype), table) for _ in range(2))
    assert timeless(one[0]) == timeless(other[0])
    assert one[1].parameters.tobytes() == other[1].parameters.tobytes()
    assert timeless(run(body(dtype=dtype, seed=1), table)[0]) != timeless(one[0])


def test_the_model_is_of_the_earliest_epoch_of_lowest_validation_cost():
    fast = {"kind": "adam", "learning_rate": 0.9}
    records, outcome = run(body(optimizer=fast, epochs=40), random_table(rows=40))
    costs = [record.validation_cost for record in records]
    assert outcome.model_epoch == costs.index(min(costs)) != 40
    assert outcome.validation_cost == pytest.approx(min(costs), rel=1e-12)
    last, outcome = run(
        body(optimizer=fast, epochs=40, stop={"restore_best": False}), random_table(rows=40)
    )
    assert outcome.model_epoch == 40
    assert outcome.validation_cost == pytest.approx(last[-1].validation_cost, rel=1e-12)


def test_the_outcome_is_the_exact_cost_of_the_model():
    table = random_table()
    _, outcome = run(body(validation=None, l2=0.1), table)
    expected = oracle.cost(
        outcome.parameters,
        (3, 4, 1),
        ("tanh",),
        "linear",
        "mse",
        table.inputs,
        table.answers,
        l2=0.1,
    )
    assert outcome.cost == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        ({"cost": 1e9}, "cost"),
        ({"gradient_norm": 1e9}, "gradient_norm"),
        ({"seconds": 2.5}, "seconds"),
        ({"patience": 1, "min_delta": 1e9}, "patience"),
        ({}, "epochs"),
    ],
)
def test_each_stop_rule_gives_its_reason(stop, reason):
    ticks = iter(range(10_000))
    records, outcome = run(body(stop=stop), random_table(), clock=lambda: float(next(ticks)))
    assert outcome.stop_reason == reason
    # The clock ticks a second per epoch: seconds 2.5 is over after epochs 0, 1 and 2.
    assert records[-1].epoch == {"epochs": 6, "seconds": 2}.get(reason, 1)


def test_patience_counts_epochs_without_a_fall():
    still = {"kind": "gradient_descent", "learning_rate": 1e-300}
    records, outcome = run(body(optimizer=still, stop={"patience": 3}), random_table())
    assert outcome.stop_reason == "patience"
    assert len(records) == 4


def test_a_gradient_of_zero_ends_training():
    """Targets that are constant are met exactly by weights of zero."""
    table = table_of([[1.0], [2.0], [3.0]], [0.0, 0.0, 0.0])
    zeros = {"hidden": [], "init": "zeros"}
    for size in (None, 1):
        records, outcome = run(body(network=zeros, batch_size=size, validation=None), table)
        assert outcome.stop_reason == "gradient_norm"
        assert [record.gradient_norm for record in records] == [None, 0.0]


def test_a_run_that_diverges_says_so_and_keeps_the_last_finite_model():
    huge = {"kind": "gradient_descent", "learning_rate": 1e3}
    relu = {"hidden": [{"units": 8, "activation": "relu"}]}
    records, outcome = run(
        body(optimizer=huge, network=relu, dtype="float32", epochs=200, batch_size=None),
        random_table(),
    )
    assert outcome.stop_reason == "diverged"
    assert not (math.isfinite(records[-1].cost) and math.isfinite(records[-1].gradient_norm))
    assert outcome.model_epoch == records[-1].epoch - 1
    assert np.isfinite(outcome.parameters).all()
    assert math.isfinite(outcome.cost)


@pytest.mark.parametrize("size", [None, 8])
def test_adaptive_never_lets_the_cost_rise_and_halves_what_raised_it(size):
    rate = {"kind": "gradient_descent", "learning_rate": {"kind": "adaptive", "initial": 8.0}}
    records, _ = run(body(optimizer=rate, batch_size=size, epochs=40), random_table())
    assert any(not record.accepted for record in records)
    for before, after in pairwise(records[1:]):
        factor = 1.05 if before.accepted else 0.5
        assert after.learning_rate == pytest.approx(before.learning_rate * factor, rel=1e-12)
        assert after.cost == before.cost if not after.accepted else after.cost <= before.cost


def test_adaptive_ends_when_the_step_has_become_too_small():
    """At the very minimum every step raises the cost by rounding, or leaves it."""
    table = table_of([[1.0], [-1.0], [0.3]], [2.0, 0.5, 1.7])
    rate = {"kind": "momentum", "learning_rate": {"kind": "adaptive", "initial": 50.0}}
    records, outcome = run(
        body(
            network={"hidden": [], "init": "zeros"},
            optimizer=rate,
            batch_size=2,
            epochs=5000,
            validation=None,
        ),
        table,
    )
    assert outcome.stop_reason == "learning_rate"
    assert 50e-12 <= records[-1].learning_rate < 2 * 50e-12


def test_it_asks_between_batches_whether_to_go_on():
    asked = []

    def keep_going():
        asked.append(True)
        return len(asked) < 9

    training = training_of(body(batch_size=6), random_table(rows=24), keep_going=keep_going)
    records = list(training.records())
    assert training.outcome is None
    assert records[-1].epoch < 6
    assert len(asked) == 9


def test_no_input_is_ever_written_to():
    table = random_table()
    before = table.inputs.tobytes(), table.answers.tobytes()
    table.inputs.flags.writeable = table.answers.flags.writeable = False
    run(body(scaling="standard"), table)
    assert (table.inputs.tobytes(), table.answers.tobytes()) == before


def test_dropout_keeps_the_mean_and_predicts_with_every_unit():
    """Inverted dropout of linear units leaves the expected running cost's slope in place."""
    table = random_table(rows=400)
    network = {"hidden": [{"units": 32, "activation": "linear", "dropout": 0.5}]}
    records, _ = run(
        body(network=network, batch_size=None, epochs=30, optimizer={"kind": "adam"}), table
    )
    assert records[-1].validation_cost < 0.5 * records[0].validation_cost


def test_given_weights_are_where_training_starts():
    weights = [{"weights": [[1.0], [2.0], [3.0]], "biases": [0.5]}]
    training = training_of(body(network={"hidden": [], "weights": weights}), random_table())
    next(iter(training.records()))
    assert training.state().arrays["parameters"].tolist() == [1.0, 2.0, 3.0, 0.5]


def test_many_rows_are_gathered_block_by_block_to_the_same_gradient():
    table = random_table(rows=5_000, features=6, outputs=2)
    wide = {"hidden": [{"units": 40, "activation": "tanh"}]}
    changes = {"network": wide, "batch_size": None, "validation": None, "l2": 0.01, "epochs": 2}
    training = training_of(body(**changes, optimizer=GD), table)
    records = training.records()
    first = next(records)
    flat = training.state().arrays["parameters"]
    sizes = (6, 40, 2)

    def cost(at):
        return oracle.cost(
            at, sizes, ("tanh",), "linear", "mse", table.inputs, table.answers, l2=0.01
        )

    assert first.cost == pytest.approx(cost(flat), rel=1e-12)
    next(records)
    moved = training.state().arrays["parameters"] - flat
    for index in (0, 100, 250, 300, 361):
        step = np.zeros_like(flat)
        step[index] = 1e-5
        slope = (cost(flat + step) - cost(flat - step)) / 2e-5
        assert moved[index] == pytest.approx(-0.1 * slope, rel=1e-5, abs=1e-9)
