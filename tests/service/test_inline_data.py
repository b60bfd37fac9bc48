import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DataError
from engine.table import Kind
from service.inline_data import MAX_FAULTS, table_from


def faults_of(inputs, targets):
    with pytest.raises(DataError) as caught:
        table_from(inputs, targets)
    return {fault.pointer: fault.detail for fault in caught.value.faults}


def shown(table):
    return {field.name: table.column(field.name).values.tolist() for field in table.fields}


def test_numbers_become_named_columns():
    table = table_from([[1, 2.5], [3, 4]], [5, 6.5])
    assert shown(table) == {"x1": [1, 3], "x2": [2.5, 4], "y": [5, 6.5]}
    assert table.targets == ("y",)
    assert {field.kind for field in table.fields} == {Kind.NUMBER}
    assert all(table.column(field.name).values.dtype == np.float64 for field in table.fields)


def test_several_targets_are_named_one_by_one():
    table = table_from([[1], [2]], [[1, 2], [3, 4]])
    assert shown(table) == {"x1": [1, 2], "y1": [1, 3], "y2": [2, 4]}
    assert table.targets == ("y1", "y2")


def test_texts_become_places_among_their_sorted_kinds():
    column = table_from([[1], [2], [3]], ["b", "a", "b"]).column("y")
    assert (column.kind, column.categories) == (Kind.TEXT, ("a", "b"))
    assert column.values.tolist() == [1, 0, 1]


def test_booleans_become_zeros_and_ones():
    column = table_from([[1], [2], [3]], [True, False, True]).column("y")
    assert (column.kind, column.values.tolist()) == (Kind.BOOLEAN, [1, 0, 1])


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
        assert table.rows == len(inputs) == len(targets) > 0
        assert np.isfinite([table.column(field.name).values for field in table.fields]).all()
