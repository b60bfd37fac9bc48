"""A table of all kinds of columns: which are learnt from, fitted to which rows, weighed how."""

import numpy as np
import pytest
from builders import table_of

from engine.data_faults import data_faults
from engine.filling import fill, reasons
from engine.model import Model
from engine.preparing import prepare
from engine.preprocessing import Preprocessing
from engine.spec import from_dict, to_dict
from engine.table import MemoryTable, boolean_column, number_column, text_column
from engine.training import Training

NAN = float("nan")
PLAIN = {"scaling": "none", "dtype": "float64", "validation": None}
SIZE = number_column("size", [1.0, NAN, 3.0, 100.0, 2.0, 4.0])
ISLE = text_column("isle", ["a", "b", None, "c", "a", "b"])
HELD = boolean_column("held", [False, False, False, True, True, False])
MASS = number_column("mass", [10.0, 20.0, 30.0, 40.0, 50.0, 60.0])
KIND = text_column("kind", ["u", "v", "u", "v", "u", "u"])
COUNT = number_column("count", [1.0, 1.0, 2.0, 1.0, 3.0, 4.0])
TABLE = MemoryTable([SIZE, ISLE, HELD, MASS, KIND, COUNT])


def prepared(**body):
    spec = fill(from_dict({**PLAIN, **body}), TABLE)
    return prepare(spec, TABLE)


def told(table=TABLE, other=None, **body):
    found = data_faults(from_dict({**PLAIN, **body}), table, None, other)
    return {fault.pointer: fault.detail for fault in found}


def test_training_rows_alone_decide_what_is_fitted():
    found = prepared(target="mass", features=["size", "isle"], validation={"column": "held"})
    size, isle = found.preprocessing.features
    assert size.fill == 3.0  # the median of 1, 3, 4: the 100 validates
    assert (isle.categories, isle.missing) == (("a", "b"), True)
    assert found.data.training.inputs.tolist() == [
        [1, 1, 0, 0, 1],
        [3, 0, 1, 0, 1],
        [3, 0, 0, 1, 1],
        [4, 0, 1, 0, 1],
    ]
    assert found.data.validation.inputs.tolist() == [[100, 0, 0, 0, 1], [2, 1, 0, 0, 1]]
    assert found.data.training.targets.tolist() == [[10, 20, 30, 60]]


def test_features_are_all_that_is_nothing_else():
    body = {"target": 4, "weight_column": "count", "validation": {"column": "held"}}
    spec = fill(from_dict(body), TABLE)
    assert (spec.target, spec.features) == ("kind", ("size", "isle", "mass"))
    assert from_dict(to_dict(spec)) == spec


def test_several_targets_are_scaled_each_by_itself():
    body = {"target": ["mass", 5], "features": ["size"], "scaling": "min_max"}
    found = prepared(**body)
    assert found.data.training.targets[0].tolist() == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert found.data.training.targets[1] == pytest.approx([0, 0, 1 / 3, 0, 2 / 3, 1])
    assert found.data.target_scale.tolist() == [50.0, 3.0]
    assert found.data.names == ("mass", "count")


def test_rules_column_by_column():
    rules = {"size": {"constant": -1}, "isle": "most_frequent"}
    body = {"target": "mass", "features": ["size", "isle"], "missing": rules}
    inputs = prepared(**body).data.training.inputs
    assert inputs[1].tolist() == [-1, 0, 1, 0, 1]
    assert inputs[2].tolist() == [3, 1, 0, 0, 1]


def test_one_rule_for_all_goes_as_far_as_it_makes_sense():
    for rule in ("mean", {"constant": 22.0}):
        size, isle = prepared(
            target="mass", features=["size", "isle"], missing=rule
        ).preprocessing.features
        assert (size.fill, isle.missing) == (22.0, True)


def test_classes_and_rows_are_weighed_by_hand():
    # u: 4 of 6, v: 2 of 6; n / (k · n_c) = 0.75 and 1.5, of which the mean is 1
    balanced = prepared(target="kind", features=["mass"], class_weights="balanced")
    assert balanced.data.training.weights.tolist() == [0.75, 1.5, 0.75, 1.5, 0.75, 0.75]
    counted = prepared(target="mass", features=["size"], weight_column="count")
    assert counted.data.training.weights == pytest.approx(np.array([1, 1, 2, 1, 3, 4]) / 2)
    both = prepared(target="kind", features=["mass"], class_weights={"v": 3}, weight_column="count")
    raw = np.array([1, 3, 2, 3, 3, 4])
    assert both.data.training.weights == pytest.approx(raw / raw.mean())
    assert prepared(target="mass", features=["size"]).data.training.weights is None


def test_validation_rows_are_weighed_by_themselves():
    found = prepared(
        target="mass", features=["size"], weight_column="count", validation={"column": "held"}
    )
    assert found.data.training.weights == pytest.approx([0.5, 0.5, 1, 2])
    assert found.data.validation.weights == pytest.approx([0.5, 1.5])


def test_another_table_is_validated_on_with_what_was_fitted_to_the_first():
    other = MemoryTable(
        [number_column("mass", [5.0]), text_column("isle", ["d"]), number_column("size", [NAN])]
    )
    body = {**PLAIN, "target": "mass", "features": ["size", "isle"], "validation": {"dataset": "x"}}
    spec = fill(from_dict(body), TABLE)
    assert data_faults(spec, TABLE, None, other) == []
    found = prepare(spec, TABLE, None, other)
    assert found.data.training.rows == 6
    assert found.data.validation.inputs.tolist() == [[3, 0, 0, 0, 0, 1]]
    assert found.data.validation.targets.tolist() == [[5]]


def test_a_model_predicts_on_raw_columns_whatever_comes():
    spec = fill(from_dict({"target": "kind", "features": ["size", "isle"], "epochs": 3}), TABLE)
    ready = prepare(spec, TABLE)
    training = Training(spec, ready.data)
    list(training.records())
    model = Model(spec, ready.preprocessing, training.outcome.parameters)
    asked = MemoryTable([text_column("isle", ["new", None]), number_column("size", [NAN, 2.0])])
    expected = model.predict(asked)
    assert np.isfinite(expected.probabilities).all()
    for copy in (Model.from_dict(model.to_dict()), Model.from_bytes(model.to_bytes())):
        assert copy.predict(asked) == expected


def test_what_was_kept_before_there_were_kinds_is_still_read():
    old = {
        "feature_names": ["x1"],
        "target_names": ["y"],
        "inputs": {"center": [1.0], "scale": [2.0]},
        "targets": {"center": [10.0], "scale": [5.0]},
        "classes": None,
    }
    table = table_of([[3.0]], [20.0])
    spec = fill(from_dict(PLAIN), table)
    data = prepare(spec, table, Preprocessing.from_dict(old)).data
    assert (data.training.inputs.tolist(), data.training.targets.tolist()) == ([[1, 1]], [[2]])


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({"target": "mass", "missing": "error"}, "/missing", "misses 1"),
        ({"target": "mass", "missing": {"isle": "error"}}, "/missing/isle", "misses 1"),
        ({"target": "mass", "missing": {"isle": "mean"}}, "/missing/isle", "needs numbers"),
        ({"target": "size"}, "/target", "misses 1 of the 6"),
        ({"target": "isle"}, "/target", "misses 1 of the 6"),
        ({"target": ["mass", "kind"]}, "/target/1", "numbers"),
        ({"target": "kind", "class_weights": {"w": 2}}, "/class_weights/w", "u, v"),
        ({"target": "mass", "class_weights": "balanced"}, "/class_weights", "regression"),
        ({"target": "mass", "weight_column": "size"}, "/weight_column", "misses 1"),
        ({"target": "mass", "validation": {"column": "isle"}}, "/validation/column", "booleans"),
        ({"target": "mass", "validation": {"column": "count"}}, "/validation/column", "true"),
    ],
)
def test_what_columns_cannot_be_is_told(body, pointer, words):
    assert words in told(**body)[pointer]


def single(column, **more):
    rows = np.arange(float(column.rows))
    return told(MemoryTable([number_column("x", rows), column], [column.name]), **more)


def test_what_cannot_be_learnt_is_told():
    assert "same in all rows" in single(number_column("y", [5.5] * 3))["/dataset"]
    once = text_column("y", ["a", "b", "a"])
    assert "single row of the classes b" in single(once, validation={"fraction": 0.5})["/dataset"]
    assert single(once) == {}
    many = text_column("y", [str(at) for at in range(1001)])
    assert "1001 classes" in single(many)["/dataset"]
    words = MemoryTable([many, number_column("z", np.arange(1001.0) + 0.5)], ["z"])
    assert "1001 categories" in told(words)["/dataset"]
    empty = MemoryTable([number_column("x", [NAN] * 3), number_column("z", [1.5, 2.0, 3.0])])
    assert "no value in any" in told(empty)["/dataset"]


def test_a_class_without_a_training_row_is_told():
    held = boolean_column("held", [False, True, False])
    kind = text_column("kind", ["u", "w", "v"])
    table = MemoryTable([number_column("x", [1.0, 2.0, 3.0]), held, kind])
    found = told(table, validation={"column": "held"})
    assert "classes w" in found["/validation/column"]


def test_another_table_that_does_not_fit_is_told():
    body = {"target": "mass", "features": ["size"], "validation": {"dataset": "x"}}
    lacking = told(other=MemoryTable([MASS]), **body)
    assert "lacks columns that are needed: size" in lacking["/validation/dataset"]
    texts = MemoryTable([MASS, text_column("size", ["a"] * 6)])
    assert "is of texts" in told(other=texts, **body)["/validation/dataset"]


def test_the_choice_of_a_task_is_explained():
    found = {
        target: reasons(from_dict({"target": target}), TABLE)["/task"]
        for target in ("kind", "mass", "held")
    }
    assert found["kind"] == "The target 'kind' is text: two classes."
    assert found["held"] == "The target 'held' is true and false: two classes."
    assert "quantities" in found["mass"]


def test_columns_are_asked_for_only_once_or_twice_and_never_held():
    asked = []

    class Watched(MemoryTable):
        def column(self, name):
            asked.append(name)
            return super().column(name)

    table = Watched([SIZE, ISLE, MASS])
    spec = fill(from_dict({**PLAIN, "target": "mass"}), table)
    asked.clear()
    prepare(spec, table)
    assert sorted(asked) == ["isle", "isle", "mass", "size"]
