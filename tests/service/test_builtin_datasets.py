"""What is built in is whole: against scikit-learn's copies, and as people know it."""

import numpy as np
import pytest
from sklearn import datasets as copies

from engine.filling import fill
from engine.preparing import prepare
from engine.spec import from_dict
from engine.training import Training
from service.builtin_datasets import BUILT_IN, builtin
from service.errors import NotFound


def names(table):
    return [field.name for field in table.fields if field.name not in table.targets]


def inputs(table):
    return np.column_stack([table.column(name).values for name in names(table)])


def answers(table):
    column = table.column(*table.targets)
    texts = column.categories
    return [texts[place] for place in column.values] if texts else column.values.tolist()


def test_iris_is_the_whole_of_it():
    table = builtin("iris")
    assert (table.rows, table.targets) == (150, ("species",))
    assert names(table)[0] == "sepal_length"
    assert np.bincount(table.column("species").values).tolist() == [50, 50, 50]
    # The means that Fisher's table is known by
    means = inputs(table).mean(axis=0)
    np.testing.assert_allclose(means, [5.8433, 3.0573, 3.758, 1.1993], atol=1e-4)


def test_xor_is_true_where_its_inputs_differ():
    table = builtin("xor")
    np.testing.assert_array_equal(inputs(table), [[0, 0], [0, 1], [1, 0], [1, 1]])
    assert answers(table) == [0, 1, 1, 0]
    assert (*names(table), *table.targets) == ("x1", "x2", "y")


@pytest.mark.parametrize(
    ("name", "copy", "target"),
    [
        ("wine", copies.load_wine, "class"),
        ("breast_cancer", copies.load_breast_cancer, "diagnosis"),
        ("digits", copies.load_digits, "digit"),
    ],
)
def test_what_scikit_learn_ships_too_is_the_same(name, copy, target):
    table, known = builtin(name), copy()
    np.testing.assert_array_equal(inputs(table), known.data)
    assert names(table) == [word.replace(" ", "_") for word in known.feature_names]
    assert table.targets == (target,)
    truth = known.target if name == "digits" else known.target_names[known.target]
    assert answers(table) == truth.tolist()


@pytest.mark.parametrize("name", ["moons", "spirals"])
def test_two_shapes_have_as_many_rows_each(name):
    table = builtin(name)
    assert (*names(table), *table.targets) == ("x1", "x2", "y")
    assert np.bincount(np.array(answers(table), int)).tolist() == [500, 500]
    assert len(np.unique(inputs(table), axis=0)) > 990


@pytest.mark.parametrize(
    ("name", "units", "epochs", "bar"), [("moons", 16, 100, 0.97), ("spirals", 32, 200, 0.98)]
)
def test_the_two_shapes_are_learnt_by_the_settings_in_the_docs(name, units, epochs, bar):
    hidden = [{"units": units, "activation": "tanh"}] * 2
    spec = fill(from_dict({"network": {"hidden": hidden}, "epochs": epochs}), builtin(name))
    training = Training(spec, prepare(spec, builtin(name)).data)
    list(training.records())
    assert training.outcome.metrics["validation"]["accuracy"] >= bar


def test_every_name_has_its_table_and_is_read_once():
    for name in BUILT_IN:
        assert builtin(name).rows > 0
        assert builtin(name) is builtin(name)


def test_what_all_jobs_share_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        builtin("iris").column("sepal_length").values[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        builtin("iris").column("species").values[0] = 1


def test_other_names_are_not_found():
    with pytest.raises(NotFound):
        builtin("../iris")
