import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DataError
from service.inline_data import MAX_FAULTS, table_from


def faults_of(inputs, targets):
    with pytest.raises(DataError) as caught:
        table_from(inputs, targets)
    return {fault.pointer: fault.detail for fault in caught.value.faults}


def test_numbers_become_two_matrices_with_named_columns():
    table = table_from([[1, 2.5], [3, 4]], [5, 6.5])
    assert table.inputs.dtype == table.targets.dtype == np.float64
    np.testing.assert_array_equal(table.inputs, [[1, 2.5], [3, 4]])
    np.testing.assert_array_equal(table.targets, [[5], [6.5]])
    assert (table.feature_names, table.target_names) == (("x1", "x2"), ("y",))


def test_several_targets_are_named_one_by_one():
    table = table_from([[1], [2]], [[1, 2], [3, 4]])
    np.testing.assert_array_equal(table.targets, [[1, 2], [3, 4]])
    assert table.target_names == ("y1", "y2")


@pytest.mark.parametrize("labels", [["b", "a", ""], [True, False, True]])
def test_labels_stay_as_they_are(labels):
    assert table_from([[1], [2], [3]], labels).targets == tuple(labels)


@pytest.mark.parametrize(
    ("inputs", "targets", "expected"),
    [
        ([], [], {"/dataset/inputs", "/dataset/targets"}),
        (None, {}, {"/dataset/inputs", "/dataset/targets"}),
        ([1, 2], [1, 2], {"/dataset/inputs/0", "/dataset/inputs/1"}),
        ([[], []], [1, 2], {"/dataset/inputs/0", "/dataset/inputs/1"}),
        ([[1], [2, 3]], [1, 2], {"/dataset/inputs/1"}),
        ([[1], [2]], [[1], [1, 2]], {"/dataset/targets/1"}),
        ([[1], [2]], [[1], 2], {"/dataset/targets/1"}),
        ([[1], [2]], [1, [2]], {"/dataset/targets/1"}),
        ([["1"], [True], [None]], [1, 2, 3], {f"/dataset/inputs/{row}/0" for row in range(3)}),
        ([[float("nan")], [float("inf")]], [1, 2], {f"/dataset/inputs/{row}/0" for row in (0, 1)}),
        ([[10**400], [1]], [1, -(10**400)], {"/dataset/inputs/0/0", "/dataset/targets/1"}),
        ([[1], [2]], [1, "a"], {"/dataset/targets/1"}),
        ([[1], [2]], ["a", None], {"/dataset/targets/1"}),
        ([[1], [2]], [1, True], {"/dataset/targets/1"}),
        ([[1], [2]], [1, 2, 3], {"/dataset/targets"}),
        (
            [[1, 2], [3]],
            ["a", 1, "b"],
            {"/dataset/inputs/1", "/dataset/targets/1"} | {"/dataset/targets"},
        ),
    ],
)
def test_every_fault_is_named_where_it_is(inputs, targets, expected):
    assert set(faults_of(inputs, targets)) == expected


def test_details_say_what_is_asked_for():
    faults = faults_of([[1, 2], [3]], ["a", 1, "b"])
    assert faults == {
        "/dataset/inputs/1": "must hold 2 numbers as the first row does, not 1",
        "/dataset/targets/1": "must be a text, as the first target is",
        "/dataset/targets": "must hold one entry for each of the 2 rows of inputs, not 3",
    }


def test_a_large_faulty_body_does_not_get_a_larger_answer():
    assert len(faults_of([["x"]] * 5000, [1] * 5000)) == MAX_FAULTS


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=12,
)


@given(anything, anything)
def test_any_json_gives_a_table_or_faults_under_the_dataset(inputs, targets):
    pointers = []
    try:
        table = table_from(inputs, targets)
    except DataError as error:
        pointers = [fault.pointer for fault in error.faults]
    if pointers:
        assert all(pointer.startswith("/dataset/") for pointer in pointers)
    else:
        assert len(table.inputs) == len(table.targets) > 0
        assert np.isfinite(table.inputs).all()
