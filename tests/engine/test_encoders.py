"""Columns to inputs of the network: by hand, and against scikit-learn's own pipeline."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

from engine.dates import seconds_of
from engine.encoders import CategoryEncoder, NumberEncoder, encoder_from
from engine.spec import Constant
from engine.table import (
    Kind,
    boolean_column,
    date_column,
    number_column,
    text_column,
)

NAN = float("nan")
EVERY = slice(None)


def encoded(encoder, column):
    out = np.full((column.rows, encoder.width), 7.0)
    encoder.encode(column, EVERY, out)
    return out.tolist()


def fit_number(values, rule="auto", scaling="none"):
    return NumberEncoder.fit(number_column("x", values), rule, scaling)


@pytest.mark.parametrize(
    ("rule", "fill"),
    [
        ("auto", 2.5),
        ("median", 2.5),
        ("mean", 4.0),
        ("most_frequent", 1.0),
        (Constant(-1), -1.0),
        ("error", None),
    ],
)
def test_what_stands_for_a_missing_number(rule, fill):
    assert fit_number([10, 1, NAN, 4, 1] if rule != "error" else [1.0], rule).fill == fill


def test_a_missing_number_is_filled_and_then_scaled_by_hand():
    # Filled by 2: 0, 2, 4, 2 have mean 2 and σ = √2
    encoder = fit_number([0, NAN, 4, 2], scaling="standard")
    assert (encoder.fill, encoder.scaling.center) == (2.0, 2.0)
    assert encoder.scaling.scale == pytest.approx(2**0.5)
    assert encoded(encoder, number_column("x", [NAN, 2 + 2**0.5]))[1] == pytest.approx([1.0])
    assert encoded(encoder, number_column("x", [NAN])) == [[0.0]]


def test_booleans_and_dates_are_numbers():
    flags = NumberEncoder.fit(boolean_column("x", [True, False, True, None]), "auto", "min_max")
    assert encoded(flags, boolean_column("x", [False, None])) == [[0.0], [1.0]]
    days = [seconds_of(f"2026-01-0{day}") for day in (1, 2, 3)]
    dates = NumberEncoder.fit(date_column("x", days), Constant("2026-01-02"), "min_max")
    assert encoded(dates, date_column("x", [days[0], None, days[2]])) == [[0.0], [0.5], [1.0]]


def test_a_date_is_seconds_since_1970_in_utc():
    assert seconds_of("1970-01-02") == 86400.0
    assert seconds_of("1970-01-01T00:00:01.5Z") == 1.5
    assert seconds_of("1970-01-01T01:00:00+01:00") == 0.0
    assert seconds_of("1969-12-31T23:59:59") == -1.0


def test_categories_are_one_hot_in_sorted_order_and_unseen_ones_nothing():
    encoder = CategoryEncoder.fit(text_column("x", ["b", "a", "b"]), "auto")
    assert (encoder.categories, encoder.missing, encoder.width) == (("a", "b"), False, 2)
    asked = text_column("x", ["b", "zz", "a", None])
    assert encoded(encoder, asked) == [[0, 1], [0, 0], [1, 0], [0, 0]]


def test_missing_texts_get_an_input_of_their_own_or_what_the_rule_says():
    column = text_column("x", ["b", None, "a", "b"])
    own = CategoryEncoder.fit(column, "auto")
    assert encoded(own, column) == [[0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0]]
    frequent = CategoryEncoder.fit(column, "most_frequent")
    assert encoded(frequent, column) == [[0, 1], [0, 1], [1, 0], [0, 1]]
    constant = CategoryEncoder.fit(column, Constant("none"))
    assert constant.categories == ("a", "b", "none")
    assert encoded(constant, column)[1] == [0, 0, 1]


def test_of_equally_frequent_values_the_first_is_taken():
    assert fit_number([3, 1, 3, 1], "most_frequent").fill == 1.0
    assert CategoryEncoder.fit(text_column("x", ["b", "a"]), "most_frequent").fill == "a"


def test_a_constant_text_that_no_training_row_needs_brings_no_input():
    encoder = CategoryEncoder.fit(text_column("x", ["a", "b"]), Constant("none"))
    assert (encoder.categories, encoder.fill, encoder.width) == (("a", "b"), None, 2)


numbers = st.lists(st.none() | st.floats(-1e6, 1e6), min_size=1, max_size=20).filter(any)
texts = st.lists(st.none() | st.sampled_from(["a", "b", "ß", ""]), min_size=1, max_size=20)


@settings(deadline=None)
@given(
    numbers,
    st.sampled_from(["mean", "median", "most_frequent"]),
    st.sampled_from(["standard", "min_max"]),
)
def test_numbers_come_out_as_of_scikit_learn(values, rule, scaling):
    column = number_column("x", [NAN if value is None else value for value in values])
    scaler = StandardScaler() if scaling == "standard" else MinMaxScaler()
    peer = make_pipeline(SimpleImputer(strategy=rule), scaler)
    expected = peer.fit_transform(column.values[:, None])
    found = encoded(NumberEncoder.fit(column, rule, scaling), column)
    spread = np.ptp(column.values[~column.missing])
    if spread > 1e-6 * max(1.0, np.nanmax(np.abs(column.values))):
        np.testing.assert_allclose(found, expected, atol=1e-6)
    else:
        assert np.abs(found).max() < 1e-3 or spread > 0


@given(texts.filter(any), texts)
def test_categories_come_out_as_of_scikit_learn(seen, asked):
    column = text_column("x", [value for value in seen if value is not None])
    encoder = CategoryEncoder.fit(column, "error")
    known = [[value] for value in seen if value is not None]
    peer = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(known)
    present = [value for value in asked if value is not None]
    found = encoded(encoder, text_column("x", present))
    expected = peer.transform([[value] for value in present]).tolist() if present else []
    assert found == expected


@given(numbers, texts, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(values, words, chance):
    shuffled, mixed = list(values), list(words)
    chance.shuffle(shuffled)
    chance.shuffle(mixed)
    for rule in ("mean", "median", "most_frequent"):
        one, other = (
            fit_number([NAN if value is None else value for value in each], rule, "standard")
            for each in (values, shuffled)
        )
        assert one.fill == pytest.approx(other.fill)
        assert one.scaling.center == pytest.approx(other.scaling.center, abs=1e-6)
    for rule in ("auto", "most_frequent", Constant("q")):
        fits = [CategoryEncoder.fit(text_column("x", each), rule) for each in (words, mixed)]
        assert fits[0] == fits[1]


@given(numbers, texts)
def test_an_encoder_comes_back_from_its_json(values, words):
    number = fit_number([NAN if value is None else value for value in values], "mean", "standard")
    assert encoder_from(number.to_dict()) == number
    category = CategoryEncoder.fit(text_column("x", words), "auto")
    assert encoder_from(category.to_dict()) == category
    assert category.kind is Kind.TEXT
