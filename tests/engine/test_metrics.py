"""Scores by hand, and as scikit-learn has them: ties, absent classes and single rows too."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as judge

from engine.metrics import RANKED_NUMBERS, class_scores, mean, regression_scores, roc_auc

CLOSE = {"rel": 1e-10, "abs": 1e-12}


def in_blocks(outputs, size):
    def blocks():
        for at in range(0, outputs.shape[1], size):
            yield slice(at, at + size), outputs[:, at : at + size]

    return blocks


def defined(number):
    return None if math.isnan(number) else pytest.approx(number, **CLOSE)


def classes_drawn(seed, rows, classes):
    """Probabilities (classes, rows) with many ties and zeros, and labels, some classes absent."""
    generator = np.random.default_rng(seed)
    shares = generator.integers(0, 3, (classes, rows)).astype(float)
    shares[0] += shares.sum(axis=0) == 0.0
    present = generator.integers(0, classes, generator.integers(1, classes + 1))
    return shares / shares.sum(axis=0), generator.choice(present, rows)


def area_of(labels, place, score):
    kinds = labels == place
    return judge.roc_auc_score(kinds, score) if 0 < kinds.sum() < len(kinds) else math.nan


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(1, 40),
    classes=st.integers(2, 5),
    single=st.booleans(),
    size=st.sampled_from([1, 7, 100]),
    held=st.sampled_from([1, 60, RANKED_NUMBERS]),
)
def test_classes_are_scored_as_scikit_learn_scores_them(seed, rows, classes, single, size, held):
    shares, labels = classes_drawn(seed, rows, classes)
    outputs = shares
    if single:  # one sigmoid output
        classes, labels = 2, labels % 2
        outputs = shares[1:2]
        shares = np.vstack([1.0 - outputs, outputs])
    found = class_scores(in_blocks(outputs, size), labels, range(classes), held=held)
    said = (shares[1] >= 0.5).astype(int) if single else shares.argmax(axis=0)
    options = {"labels": range(classes), "zero_division": np.nan}
    expected = judge.precision_recall_fscore_support(labels, said, **options)
    for place, each in enumerate(found["classes"]):
        assert each == {
            "label": place,
            "rows": expected[3][place],
            **dict(
                zip(
                    ("precision", "recall", "f1"),
                    (defined(s[place]) for s in expected),
                    strict=False,
                )
            ),
            "roc_auc": defined(area_of(labels, place, shares[place])),
        }
    macro = judge.precision_recall_fscore_support(labels, said, average="macro", **options)[:3]
    assert list(found["macro"].values()) == [defined(score) for score in macro]
    assert found["accuracy"] == defined(judge.accuracy_score(labels, said))
    matrix = judge.confusion_matrix(labels, said, labels=range(classes))
    assert found["confusion_matrix"] == matrix.tolist()
    cost = judge.log_loss(labels, shares.T, labels=range(classes))
    assert found["log_loss"] == defined(cost)
    if len(set(labels)) == classes:
        scores = shares[1] if classes == 2 else shares.T
        assert found["roc_auc"] == defined(judge.roc_auc_score(labels, scores, multi_class="ovr"))


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(1, 40),
    outputs=st.integers(1, 3),
    size=st.sampled_from([1, 7, 100]),
    constant=st.booleans(),
)
def test_numbers_are_scored_as_scikit_learn_scores_them(seed, rows, outputs, size, constant):
    generator = np.random.default_rng(seed)
    targets = generator.normal(5.0, 2.0, (outputs, rows))
    if constant:
        targets[0] = 0.1
    found = targets + generator.normal(size=targets.shape)
    unit = generator.uniform(0.5, 20.0, outputs)
    scores = regression_scores(in_blocks(found, size), targets, unit, range(outputs))
    raw = (targets * unit[:, None]).T, (found * unit[:, None]).T
    maes = judge.mean_absolute_error(*raw, multioutput="raw_values")
    rmses = judge.root_mean_squared_error(*raw, multioutput="raw_values")
    r2s = [
        judge.r2_score(raw[0][:, n], raw[1][:, n]) if np.ptp(targets[n]) > 0.0 else math.nan
        for n in range(outputs)
    ]
    expected = zip(range(outputs), maes, rmses, r2s, strict=True)
    assert scores["targets"] == [
        {"target": name, "mae": defined(mae), "rmse": defined(rmse), "r2": defined(r2)}
        for name, mae, rmse, r2 in expected
    ]
    assert scores["mae"] == defined(judge.mean_absolute_error(*raw))
    assert scores["rmse"] == defined(judge.root_mean_squared_error(*raw))
    if not math.isnan(sum(r2s)):
        assert scores["r2"] == defined(judge.r2_score(*raw))


def test_an_area_by_hand():
    labels = np.array([False, False, True, True])
    # Of the four pairs three are in order.
    assert roc_auc(np.array([0.1, 0.4, 0.35, 0.8]), labels) == 0.75
    # Two in order, one against it, one equal: 2½ of 4.
    assert roc_auc(np.array([0.1, 0.4, 0.4, 0.2]), labels) == 0.625
    assert roc_auc(np.full(4, 0.3), labels) == 0.5
    assert roc_auc(np.array([0.9, 0.8, 0.2, 0.1]), labels) == 0.0


def test_an_area_of_one_kind_or_of_no_number_is_none():
    assert roc_auc(np.array([0.1, 0.2]), np.array([True, True])) is None
    assert roc_auc(np.array([0.1, 0.2]), np.array([False, False])) is None
    assert roc_auc(np.array([0.1, np.nan]), np.array([False, True])) is None


def test_scores_by_hand():
    """Three classes, the last of them never true; the second never named."""
    outputs = np.array([[0.5, 0.6, 0.25], [0.25, 0.4, 0.25], [0.25, 0.0, 0.5]])
    scores = class_scores(in_blocks(outputs, 2), np.array([0, 1, 0]), ["a", "b", "c"])
    assert scores["confusion_matrix"] == [[1, 0, 1], [1, 0, 0], [0, 0, 0]]
    a, b, c = scores["classes"]
    assert (a["precision"], a["recall"], a["f1"], a["rows"]) == (0.5, 0.5, 0.5, 2)
    assert (b["precision"], b["recall"], b["f1"], b["rows"]) == (None, 0.0, 0.0, 1)
    assert (c["precision"], c["recall"], c["f1"], c["rows"]) == (0.0, None, 0.0, 0)
    assert (a["roc_auc"], b["roc_auc"], c["roc_auc"]) == (0.0, 1.0, None)
    assert scores["macro"] == {"precision": 0.25, "recall": 0.25, "f1": pytest.approx(1 / 6)}
    assert scores["roc_auc"] == 0.5
    assert scores["accuracy"] == pytest.approx(1 / 3)
    assert scores["log_loss"] == pytest.approx(-math.log(0.5 * 0.4 * 0.25) / 3)


def test_a_probability_of_zero_costs_36_nats():
    scores = class_scores(in_blocks(np.array([[0.0]]), 1), np.array([True]), ["no", "yes"])
    assert scores["log_loss"] == pytest.approx(52 * math.log(2))


def test_a_mean_is_over_what_is_defined():
    assert mean([1.0, None, 2.0]) == 1.5
    assert mean([None]) is None


def test_memory_is_bounded_whatever_the_rows_and_classes():
    rows, classes, size = 20_000, 150, 500
    stripe = np.random.default_rng(0).random((classes, size), np.float32)

    def blocks():
        for at in range(0, rows, size):
            yield slice(at, at + size), np.roll(stripe, at // size, axis=0)

    labels = np.arange(rows) % classes
    tracemalloc.start()
    scores = class_scores(blocks, labels, range(classes), held=rows * 10)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 0.5 * rows * classes * 4
    assert scores["confusion_matrix"] is None
    assert len(scores["classes"]) == classes
