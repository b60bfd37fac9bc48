"""Going on from a trained network: its weights and preprocessing as they are, on other rows."""

import numpy as np
import pytest
from builders import random_table, table_of, with_target

from engine.data_faults import data_faults
from engine.encoders import NumberEncoder
from engine.errors import DataError
from engine.filling import fill
from engine.preparing import prepare
from engine.preprocessing import Preprocessing, Target
from engine.roles import roles_of
from engine.scaling import Scaling
from engine.spec import from_dict
from engine.starting_point import StartingPoint
from engine.table import Kind, text_column
from engine.training import Training

EXACT = {"dtype": "float64", "epochs": 3, "batch_size": None, "validation": None}


def filled(body, table):
    return fill(from_dict({**EXACT, **body}), table)


def labelled(labels):
    return with_target(text_column("y", list(labels)))


def fitted(classes=None, targets=None):
    """A preprocessing of one column, x ↦ (x − 1) / 2."""
    encoder = NumberEncoder("x1", Kind.NUMBER, None, Scaling(1.0, 2.0))
    return Preprocessing((encoder,), (Target("y", targets),), classes)


def told(preprocessing, table):
    roles = roles_of(from_dict({}), table, preprocessing.roles)
    return [(fault.pointer, fault.detail) for fault in preprocessing.faults(table, roles)]


def test_a_given_preprocessing_is_used_and_nothing_is_fitted():
    table = table_of([[3.0], [5.0]], [10.0, 40.0])
    given = fitted(targets=Scaling(10.0, 5.0))
    prepared = prepare(filled({"scaling": "standard"}, table), table, given)
    assert prepared.preprocessing is given
    assert prepared.data.training.inputs.tolist() == [[1.0, 1.0], [2.0, 1.0]]
    assert prepared.data.training.targets.tolist() == [[0.0, 6.0]]
    assert prepared.data.target_scale.tolist() == [5.0]


def test_rows_without_some_of_the_classes_keep_the_places_of_the_others():
    spec = from_dict({**EXACT, "task": "multiclass", "network": {"output": "softmax"}})
    table = labelled(["c", "a"])
    prepared = prepare(spec, table, fitted(classes=("a", "b", "c")))
    assert prepared.data.training.targets.T.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert data_faults(spec, table, fitted(classes=("a", "b", "c"))) == []


def test_a_split_of_rows_without_some_of_the_classes():
    spec = from_dict({**EXACT, "task": "multiclass", "validation": {"fraction": 0.5}})
    prepared = prepare(spec, labelled("bbcc"), fitted(classes=("a", "b", "c", "d")))
    assert prepared.data.validation.targets.sum(axis=1).tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("preprocessing", "table", "detail"),
    [
        (fitted(("a", "b")), labelled("abc"), "not know: c; it knows a, b"),
        (fitted((0, 1)), table_of([[1.0]] * 3, [0, 1, 2.5]), "not know: 2.5; it knows 0, 1"),
        (fitted(("a", "b")), table_of([[1.0]] * 2, [0, 1]), "not know: 0, 1; it knows a, b"),
        (fitted(("a", "b")), labelled("abcdefgh"), "not know: c, d, e, f, g, …; it knows"),
        (fitted(), labelled("ab"), "needs targets that are numbers"),
        (fitted(), table_of([[1.0, 2.0]], [1.0]), "has 2 features, the preprocessing is for 1"),
        (fitted(), table_of([[1.0]], [[1.0, 2.0]]), "has 2 targets, the preprocessing is for 1"),
    ],
)
def test_rows_it_cannot_prepare_are_refused_with_the_reason(preprocessing, table, detail):
    ((pointer, found),) = told(preprocessing, table)
    assert pointer == "/dataset"
    assert detail in found
    spec = from_dict({**EXACT, "task": "multiclass"})
    assert detail in str(data_faults(spec, table, preprocessing))
    with pytest.raises(DataError) as caught:
        prepare(spec, table, preprocessing)
    assert caught.value.faults[0].detail == found


def test_every_reason_is_told_at_once():
    table = with_target(text_column("y", ["a", "z"]), np.zeros((2, 2)))
    assert len(told(fitted(("a", "b")), table)) == 2


def test_a_starting_point_is_read_back_as_it_was():
    parameters = np.array([1.0, -0.1, 1e-30], np.float32)
    start = StartingPoint(fitted(("a", "b")), parameters)
    copy = StartingPoint.from_bytes(start.to_bytes())
    assert copy.parameters.tobytes() == parameters.tobytes()
    assert copy.parameters.dtype == parameters.dtype
    assert copy.preprocessing.to_dict() == start.preprocessing.to_dict()


def test_training_goes_on_where_it_ended():
    """Plain descent has no memory: two runs of three epochs end where one of six does."""
    table = random_table()
    body = {"optimizer": {"kind": "gradient_descent", "learning_rate": 0.1}}

    def trained(epochs, start=None):
        spec = filled({**body, "epochs": epochs}, table)
        prepared = prepare(spec, table, start and start.preprocessing)
        training = Training(spec, prepared.data, starting=start and start.parameters)
        first, *_ = training.records()
        return first, StartingPoint(prepared.preprocessing, training.outcome.parameters), training

    _, half, before = trained(3)
    kept = half.parameters.copy()
    first, whole, _ = trained(3, half)
    assert first.cost == before.outcome.cost
    assert whole.parameters.tolist() == trained(6)[1].parameters.tolist()
    assert half.parameters.tolist() == kept.tolist()
