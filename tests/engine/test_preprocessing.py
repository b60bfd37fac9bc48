"""Raw columns to numbers and back, the split, and what the data decides or forbids."""

import numpy as np
import pytest
from builders import inputs_of, run, table_of, with_target

from engine.data_faults import data_faults
from engine.errors import Fault
from engine.filling import fill
from engine.model import Model
from engine.preparing import prepare
from engine.preprocessing import Preprocessing
from engine.spec import ValidationSpec, from_dict
from engine.table import boolean_column, number_column, text_column


def filled(body, table):
    return fill(from_dict(body), table)


def target_of(values):
    """Texts, booleans or numbers as the target `y` of as many rows."""
    if isinstance(values[0], str):
        return with_target(text_column("y", values))
    column = boolean_column if isinstance(values[0], bool) else number_column
    return with_target(column("y", values))


def test_scaling_is_fitted_on_the_training_rows_alone(iris):
    prepared = prepare(filled({}, iris), iris)
    inputs = prepared.data.training.inputs[:, :-1].astype(float)
    assert inputs.mean(axis=0) == pytest.approx(np.zeros(4), abs=1e-6)
    assert inputs.std(axis=0) == pytest.approx(np.ones(4), abs=1e-6)
    assert prepared.data.validation.inputs[:, :-1].mean(axis=0) != pytest.approx(
        np.zeros(4), abs=1e-6
    )


def test_min_max_and_a_constant_column():
    table = table_of([[0.0, 7.0], [5.0, 7.0], [10.0, 7.0]], [1.5, 2.0, 3.5])
    prepared = prepare(filled({"scaling": "min_max", "dtype": "float64"}, table), table)
    assert prepared.data.training.inputs.tolist() == [[0, 0, 1], [0.5, 0, 1], [1, 0, 1]]
    assert prepared.data.training.targets.tolist() == [[0.0, 0.25, 1.0]]


def test_a_constant_column_that_rounds_counts_as_constant():
    table = table_of([[0.1]] * 3, [1.5, 2.0, 3.5])
    prepared = prepare(filled({}, table), table)
    assert np.abs(prepared.data.training.inputs[:, 0]).max() < 1e-6


def test_the_split_is_stratified_and_the_same_for_the_same_seed(iris):
    one, other = (prepare(filled({"seed": 3}, iris), iris) for _ in range(2))
    assert one.data.validation.targets.sum(axis=1).tolist() == [10, 10, 10]
    assert one.data.training.targets.sum(axis=1).tolist() == [40, 40, 40]
    assert one.data.training.inputs.tobytes() == other.data.training.inputs.tobytes()
    different = prepare(filled({"seed": 4}, iris), iris)
    assert one.data.training.inputs.tobytes() != different.data.training.inputs.tobytes()


def test_a_class_with_one_row_stays_in_training():
    table = target_of(["a", "a", "b", "a", "a"])
    prepared = prepare(filled({"validation": {"fraction": 0.5}}, table), table)
    assert prepared.data.training.targets.sum() == 1
    assert prepared.data.validation.rows == 2


@pytest.mark.parametrize(
    ("targets", "body", "task", "output", "cost"),
    [
        (("a", "b", "a"), {}, "binary", "sigmoid", "binary_cross_entropy"),
        ((True, False, True), {}, "binary", "sigmoid", "binary_cross_entropy"),
        (("a", "b", "c"), {}, "multiclass", "softmax", "cross_entropy"),
        ([0, 1, 0], {}, "binary", "sigmoid", "binary_cross_entropy"),
        ([0, 1, 2], {}, "multiclass", "softmax", "cross_entropy"),
        ([1, 2, 3], {}, "regression", "linear", "mse"),
        ([0, 0.5, 1], {}, "regression", "linear", "mse"),
        ([0, 1, 0], {"network": {"output": "linear"}}, "regression", "linear", "mse"),
        ([0, 1, 0], {"network": {"output": "softmax"}}, "multiclass", "softmax", "cross_entropy"),
        ([0, 1, 0], {"cost": "mse"}, "binary", "sigmoid", "mse"),
        ([0, 0.5, 1], {"cost": "huber"}, "regression", "linear", "huber"),
        (
            [0, 0.5, 1],
            {"cost": "binary_cross_entropy"},
            "regression",
            "sigmoid",
            "binary_cross_entropy",
        ),
    ],
)
def test_what_auto_becomes(targets, body, task, output, cost):
    table = target_of(targets)
    assert data_faults(from_dict(body), table) == []
    spec = filled(body, table)
    assert (spec.task, spec.network.output, spec.cost) == (task, output, cost)


def test_validation_is_filled_by_the_number_of_rows():
    small, large = (table_of(np.ones((n, 1)), np.arange(n) + 0.5) for n in (49, 50))
    assert filled({}, small).validation is None
    assert filled({}, large).validation == ValidationSpec(0.2)
    assert filled({"validation": None}, large).validation is None


@pytest.mark.parametrize(
    ("body", "targets", "pointer"),
    [
        ({"task": "regression"}, ("a", "b", "c"), "/task"),
        ({"task": "binary"}, ("a", "b", "c"), "/task"),
        ({"task": "multiclass"}, [0.5, 1.0, 2.0], "/task"),
        ({"network": {"output": "linear"}}, ("a", "b", "c"), "/network/output"),
        ({"cost": "huber"}, ("a", "b", "c"), "/cost"),
        ({"cost": "cross_entropy"}, [0.5, 1.0, 2.0], "/cost"),
        ({}, ("a", "a", "a"), "/dataset"),
        ({"network": {"output": "tanh"}}, [0.0, 3.0, 1.0], "/network/output"),
        (
            {"network": {"hidden": [], "weights": [{"weights": [[1.0]], "biases": [0.0, 1.0]}]}},
            [0.5, 1.5, 3.0],
            "/network/weights/0/biases",
        ),
    ],
)
def test_what_the_data_forbids(body, targets, pointer):
    table = target_of(targets)
    found = data_faults(from_dict(body), table)
    assert [fault.pointer for fault in found] == [pointer]
    assert all(isinstance(fault, Fault) and fault.detail for fault in found)


def test_predictions_are_in_the_units_of_the_data():
    inputs = np.linspace(0.0, 10.0, 40)[:, None]
    table = table_of(inputs, 1000.0 * inputs[:, 0] + 5000.0)
    body = {"network": {"hidden": []}, "epochs": 300, "validation": None, "dtype": "float64"}
    _, outcome = run({**body, "optimizer": {"learning_rate": 0.05}}, table)
    spec = filled(body, table)
    model = Model(spec, prepare(spec, table).preprocessing, outcome.parameters)
    answers = model.predict(inputs_of([[2.5], [20.0]])).predictions
    assert answers == pytest.approx([7500.0, 25000.0], rel=1e-3)
    assert outcome.metrics["training"]["rmse"] == pytest.approx(
        np.sqrt(np.mean((np.array(model.predict(table).predictions) - table.answers[:, 0]) ** 2)),
        rel=1e-6,
    )


@pytest.mark.parametrize("targets", [("no", "yes") * 30, ("a", "b", "c") * 20])
def test_a_model_goes_out_and_comes_back_whole(targets):
    inputs = np.random.default_rng(0).normal(size=(60, 3))
    table = with_target(text_column("t", targets), inputs)
    spec = filled({"epochs": 2}, table)
    _, outcome = run({"epochs": 2}, table)
    model = Model(spec, prepare(spec, table).preprocessing, outcome.parameters)
    expected = model.predict(table)
    assert expected.classes == sorted(set(targets))
    for copy in (Model.from_dict(model.to_dict()), Model.from_bytes(model.to_bytes())):
        assert copy.predict(table) == expected
        assert copy.weights_sha256 == model.weights_sha256
        assert copy.spec == model.spec
    body = model.preprocessing.to_dict()
    assert Preprocessing.from_dict(body).to_dict() == body


@pytest.mark.parametrize("size", [1e300, 1e160, 1e-160])
def test_columns_at_the_edge_of_float64_are_scaled_like_any_others(size):
    plain = np.array([[1.0, -1.0], [0.2, 0.5], [-1.0, 0.25]])
    large, small = (
        prepare(filled({"dtype": "float64"}, table), table).data.training
        for table in (table_of(plain * size, plain[:, 0] * size), table_of(plain, plain[:, 0]))
    )
    assert large.inputs == pytest.approx(small.inputs, rel=1e-12)
    assert large.targets == pytest.approx(small.targets, rel=1e-12)


def test_numbers_that_cannot_be_scaled_are_refused():
    table = table_of([[1.0], [1e307]], [0.5, 1.0])
    assert [fault.pointer for fault in data_faults(from_dict({}), table)] == ["/dataset"]
