"""Rows that count more or less: J is the mean of each row's cost times its weight."""

import math

import numpy as np
import oracle
import pytest
from builders import body, table_of
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.constraints import OUTPUT_COSTS
from engine.filling import fill
from engine.records import Examples, TrainingData, of_mean_one
from engine.spec import from_dict
from engine.training import Training

PAIRS = [(output, cost) for output, costs in OUTPUT_COSTS.items() for cost in costs]
TASKS = {"softmax": "multiclass", "sigmoid": "binary"}
ROWS, FEATURES = 13, 3


def drawn(seed, output, rows=ROWS):
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(rows, FEATURES))
    if output == "softmax":
        return inputs, np.eye(3)[generator.integers(0, 3, rows)]
    targets = generator.uniform(-0.9, 0.9, (rows, 1))
    return inputs, (targets > 0).astype(float) if output == "sigmoid" else targets


def training(data, output="linear", cost="mse", **changes):
    """A `Training` on examples as they are, without a table."""
    wanted = body(validation=None, task=TASKS.get(output, "regression"), cost=cost, **changes)
    wanted["network"] = {**wanted["network"], "output": output}
    examples = data.training
    table = table_of(examples.inputs[:, :-1], examples.targets.T)
    return Training(fill(from_dict(wanted), table), data)


def of_weights(inputs, targets, weights):
    return Examples.of(inputs, targets, "float64", weights)


def repeated(inputs, targets, counts):
    return Examples.of(inputs.repeat(counts, 0), targets.repeat(counts, 0), "float64")


def numbers(records):
    columns = ("cost", "validation_cost", "gradient_norm")
    return [[getattr(record, name) or 0.0 for name in columns] for record in records]


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    pair=st.sampled_from(PAIRS),
    counts=st.lists(st.integers(0, 4), min_size=ROWS, max_size=ROWS).filter(any),
    rate=st.sampled_from([0.05, {"kind": "adaptive", "initial": 0.05}]),
)
def test_a_weight_of_three_is_the_row_three_times(seed, pair, counts, rate):
    parts = drawn(seed, pair[0]), drawn(seed + 1, pair[0])
    momentum = {"kind": "momentum", "learning_rate": rate}
    runs = []
    for made in (of_weights, repeated):
        data = TrainingData(*(made(*rows, np.array(counts)) for rows in parts))
        run = training(data, *pair, optimizer=momentum, batch_size=None, l2=0.01)
        runs.append((numbers(run.records()), run.outcome.parameters))
    np.testing.assert_allclose(runs[0][0], runs[1][0], rtol=1e-8, atol=1e-11)
    np.testing.assert_allclose(runs[0][1], runs[1][1], rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("weights", [None, np.arange(ROWS) + 0.5])
@pytest.mark.parametrize("size", [None, 1, 4])
def test_the_costs_reported_are_weighted_whatever_the_batches(size, weights):
    """At a rate that moves nothing the running cost is the exact one, and the mean gradient too."""
    data = TrainingData(of_weights(*drawn(1, "linear"), weights))
    still = {"kind": "gradient_descent", "learning_rate": 1e-300}
    run = training(data, batch_size=size, optimizer=still, epochs=1)
    start, epoch = run.records()
    flat = run.outcome.parameters
    examples = data.training

    def cost(at):
        rows = examples.inputs[:, :-1], examples.targets.T
        return oracle.cost(
            at, (FEATURES, 4, 1), ("tanh",), "linear", "mse", *rows, weights=examples.weights
        )

    expected = cost(flat)
    assert start.cost == pytest.approx(expected, rel=1e-12)
    assert epoch.cost == pytest.approx(expected, rel=1e-12)
    assert run.outcome.cost == pytest.approx(expected, rel=1e-12)
    slope = oracle.central_differences(cost, flat)
    assert epoch.gradient_norm == pytest.approx(np.linalg.norm(slope), rel=1e-6)


@pytest.mark.parametrize("size", [None, 4])
def test_the_range_test_meets_the_weighted_cost(size):
    weights = np.array([10.0, *[0.0] * (ROWS - 1)])
    data = TrainingData(of_weights(*drawn(2, "linear"), weights))
    run = training(data, batch_size=size, optimizer={"kind": "adam", "learning_rate": "auto"})
    start = next(run.records())
    met = [point[1] for point in run.search.curve]
    if size is None:
        assert met[0] == pytest.approx(start.cost, rel=1e-12)
    else:
        # The one row that counts is in some batches only: most cost nothing at all.
        assert min(met) < start.cost / 10


def test_accuracy_and_scores_count_every_row_alike():
    inputs, targets = np.array([[1.0], [-1.0], [2.0], [3.0]]), np.array([1.0, 0.0, 0.0, 1.0])
    data = TrainingData(of_weights(inputs, targets, np.array([1.0, 1.0, 100.0, 1.0])))
    weights = [{"weights": [[5.0]], "biases": [0.0]}]
    wanted = body(validation=None, epochs=1, optimizer={"learning_rate": 1e-300})
    wanted["network"] = {"hidden": [], "output": "sigmoid", "weights": weights}
    run = Training(fill(from_dict(wanted), table_of(inputs, targets)), data)
    start, epoch = run.records()
    scores = run.outcome.metrics["training"]
    assert start.accuracy == epoch.accuracy == scores["accuracy"] == 0.75
    # J of the one wrong row is 10, of the others some e⁻⁵; unweighted that is a mean of 2.5.
    assert start.cost == pytest.approx(10.0 * 100.0 / 103.0, rel=1e-3)
    assert scores["log_loss"] == pytest.approx(2.5, rel=1e-2)


def test_only_the_proportions_of_weights_matter():
    rows, weights = drawn(3, "linear"), np.arange(1.0, ROWS + 1.0)
    outcomes = []
    for factor in (1.0, 1e300, 2.0**-1070):
        run = training(TrainingData(of_weights(*rows, weights * factor)), batch_size=4)
        list(run.records())
        outcomes.append(run.outcome.parameters)
    np.testing.assert_allclose(outcomes[1], outcomes[0], rtol=1e-12)
    np.testing.assert_allclose(outcomes[2], outcomes[0], rtol=1e-3)  # so small has few digits


def test_weights_come_to_a_mean_of_one_in_the_runs_dtype():
    found = of_mean_one(np.array([1, 2, 3, 6]), "float32")
    assert found.dtype == np.float32
    assert found.tolist() == pytest.approx([1 / 3, 2 / 3, 1, 2])
    assert math.isfinite(of_mean_one(np.array([1e308, 1e308]), "float64").sum())


@pytest.mark.parametrize("size", [None, 4])
def test_a_row_of_no_weight_is_not_learnt_from(size):
    inputs, targets = drawn(4, "linear")
    weights = np.ones(ROWS)
    weights[5] = 0.0
    other = targets.copy()
    other[5] = 1e6
    runs = [
        training(TrainingData(of_weights(inputs, t, weights)), batch_size=size)
        for t in (targets, other)
    ]
    histories = [numbers(run.records()) for run in runs]
    assert histories[0] == histories[1]
    assert runs[0].outcome.parameters.tolist() == runs[1].outcome.parameters.tolist()
