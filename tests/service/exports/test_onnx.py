"""An ONNX file takes raw columns and answers what the service answers, in ONNX Runtime.

The answers are held against those that are worked out by hand from the same model as JSON, in
float64 and in plain Python; tests/service/api/test_model_reuse.py holds these against the service.
"""

import io
import json
import subprocess
import sys

import in_runtime
import numpy as np
import onnx
import onnxruntime
import pytest
from drawn_models import HOUR_SECONDS, THIS_YEAR_SECONDS, Model, models, random_layers
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.activations import ACTIVATIONS
from examples.predict_by_hand import predict
from service.exports import json_file, onnx_file
from service.exports.contents import Contents


def written(contents, module=onnx_file):
    file = io.BytesIO()
    module.write(contents, file)
    return file.getvalue()


def answers(model):
    """What the runtime says of the model's rows, by output."""
    features = model.preprocessing["features"]
    return in_runtime.answers(written(model.contents), features, model.columns)


def by_hand(model):
    """The same, (rows, classes or targets), and the classes or targets."""
    body = json.loads(written(model.contents, json_file))
    told = [predict(body, row) for row in model.rows]
    return np.array([list(each.values()) for each in told]), list(told[0])


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_the_runtime_answers_what_the_model_says(activation, data):
    model = data.draw(models(activation))
    told, (expected, named) = answers(model), by_hand(model)
    if model.preprocessing["classes"] is None:
        assert set(told) == {"predictions"}
        assert_same_numbers(told["predictions"], expected, model.preprocessing["targets"])
    else:
        np.testing.assert_allclose(told["probabilities"], expected, rtol=0, atol=1e-5)
        assert_most_probable(told["predictions"].tolist(), expected, named)


def assert_same_numbers(found, expected, targets):
    assert found.dtype == np.float64
    assert found.shape == (expected[:, 0].shape if len(targets) == 1 else expected.shape)
    scale = max(1, *(target["scale"] for target in targets), 1)
    np.testing.assert_allclose(
        found.reshape(expected.shape), expected, rtol=1e-5, atol=1e-5 * scale
    )


def assert_most_probable(labels, probabilities, named):
    for label, row in zip(labels, probabilities, strict=True):
        assert type(label) is type(named[0])
        assert row[named.index(label)] == pytest.approx(max(row), abs=2e-5)


@settings(max_examples=30, deadline=None)
@given(models("tanh"))
def test_every_file_passes_the_full_check(model):
    content = written(model.contents)
    onnx.checker.check_model(content, full_check=True)
    read = onnx.load_from_string(content)
    assert (read.ir_version, [entry.version for entry in read.opset_import]) == (9, [20])


def one_column(feature, values, *, targets=({"name": "y", "center": 0.0, "scale": 1.0},)):
    """A straight line through what the feature becomes: each of its inputs counts one more."""
    width = len(feature.get("categories", "x")) + feature.get("missing", False)
    generator = np.random.default_rng(0)
    (layer,) = random_layers(generator, ["linear"], [width, 1], "float64")
    layer.weights[:, 0], layer.biases[0] = np.arange(1, width + 1), 0
    metadata = {
        "job": "job_1",
        "spec": {"task": "regression"},
        "preprocessing": {"features": [feature], "targets": list(targets), "classes": None},
    }
    return Model(Contents(metadata, (layer,)), [values])


def test_a_date_keeps_its_seconds():
    center, scale = THIS_YEAR_SECONDS + 0.5, float(HOUR_SECONDS)
    feature = {"name": "at", "kind": "date", "fill": None, "center": center, "scale": scale}
    dates = [THIS_YEAR_SECONDS + second for second in (0.0, 1.0, 2.0)]
    found = answers(one_column(feature, dates))["predictions"]
    assert found.tolist() == pytest.approx([-0.5 / 3600, 0.5 / 3600, 1.5 / 3600], abs=1e-9)


def test_a_small_difference_of_large_targets_is_not_lost():
    feature = {"name": "x", "kind": "number", "fill": None, "center": 0.0, "scale": 1.0}
    target = {"name": "y", "center": 1e9, "scale": 0.25}
    found = answers(one_column(feature, [0.0, 1.0], targets=[target]))["predictions"]
    assert found.tolist() == [1e9, 1e9 + 0.25]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"fill": None, "missing": False}, [1, 2, 0, 0]),
        ({"fill": "b", "missing": False}, [1, 2, 0, 2]),
        ({"fill": None, "missing": True}, [1, 2, 0, 3]),
    ],
)
@pytest.mark.parametrize("first", ["", "a"])
def test_a_category_an_unseen_text_and_a_missing_one_differ(told, expected, first):
    feature = {"name": "x", "kind": "text", "categories": [first, "b"], **told}
    found = answers(one_column(feature, [first, "b", "unseen", None]))["predictions"]
    assert found.tolist() == expected


def test_a_missing_number_is_filled_or_leaves_no_answer():
    feature = {"name": "x", "kind": "number", "fill": 7.0, "center": 1.0, "scale": 2.0}
    found = answers(one_column(feature, [None, 3.0]))["predictions"]
    assert found.tolist() == [3.0, 1.0]
    unfilled = answers(one_column(feature | {"fill": None}, [None, 3.0]))["predictions"]
    np.testing.assert_array_equal(unfilled, [np.nan, 1.0])


def test_an_input_bears_its_columns_name_unless_an_output_does():
    names = ["predictions", "predictions_", "probabilities", "", "shape", "column"]
    feature = {"kind": "number", "fill": None, "center": 0.0, "scale": 1.0}
    model = one_column({"name": "x", **feature}, [1.0])
    features = [{"name": name, **feature} for name in names]
    about = {**model.preprocessing, "features": features}
    layers = random_layers(np.random.default_rng(0), ["linear"], [len(names), 1], "float32")
    contents = Contents({**model.contents.metadata, "preprocessing": about}, layers)
    session = onnxruntime.InferenceSession(written(contents))
    assert [taken.name for taken in session.get_inputs()] == [
        "predictions__",
        "predictions_",
        "probabilities_",
        "column_",
        "shape",
        "column",
    ]


def test_the_service_starts_without_importing_onnx():
    seen = "import service.app, worker.runner, sys; sys.exit('onnx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", seen], check=False, timeout=60).returncode == 0
