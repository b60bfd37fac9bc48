"""From data to an ONNX file: it answers raw rows as the service answers them.

Fitted, trained and asked as the worker and the API do it, for every activation, every output and
every way to scale, with columns of each kind and each rule for what is missing in them.
"""

import io

import numpy as np
import pytest
from drawn_files import ENDS, files, in_seconds
from hypothesis import given, settings
from hypothesis import strategies as st
from in_runtime import answers

from engine.activations import ACTIVATIONS
from engine.data_faults import data_faults
from engine.filling import fill
from engine.model import Model
from engine.preparing import prepare
from engine.spec import from_dict
from engine.training import Training
from service.database.tables import Job
from service.exports import onnx_file
from service.exports.contents import Contents
from service.predictions import predict
from service.tables.limits import MISSING

SCALINGS = ("standard", "min_max", "none")


def trained(file):
    spec = from_dict(file.body)
    assert data_faults(spec, file.table) == []
    spec = fill(spec, file.table)
    prepared = prepare(spec, file.table)
    training = Training(spec, prepared.data)
    assert len(list(training.records())) >= 2
    return Model(spec, prepared.preprocessing, training.outcome.parameters)


def in_the_runtime(model, rows):
    written = io.BytesIO()
    job = Job(id="job_1", name="a", dataset="ds_1", dataset_sha256="00" * 32)
    onnx_file.write(Contents.of(job, model), written)
    features = model.preprocessing.to_dict()["features"]
    columns = [
        [as_fed(value, feature) for value in values]
        for values, feature in zip(zip(*rows, strict=True), features, strict=True)
    ]
    return answers(written.getvalue(), features, columns)


def as_fed(value, feature):
    """The service reads dates, and what stands for a missing value in files; the graph does not."""
    known = feature.get("categories", [])
    if value is None or (value in MISSING and value not in known):
        return None
    return in_seconds(value) if feature["kind"] == "date" else value


def assert_the_same(model, rows):
    told, found = predict(model, rows), in_the_runtime(model, rows)
    if told.classes is None:
        scale = np.array([target.scaling.scale for target in model.preprocessing.targets])
        expected = np.array(told.predictions).reshape(len(rows), -1)
        runs = found["predictions"].reshape(expected.shape)
        np.testing.assert_allclose(runs / scale, expected / scale, rtol=1e-5, atol=1e-5)
        return
    np.testing.assert_allclose(found["probabilities"], told.probabilities, rtol=0, atol=1e-5)
    for label, expected, shares in zip(
        found["predictions"].tolist(), told.predictions, told.probabilities, strict=True
    ):
        assert type(label) is type(expected)
        # Of classes that are equally probable it may be either
        assert shares[told.classes.index(label)] == pytest.approx(max(shares), abs=2e-5)


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@settings(max_examples=8, deadline=None)
@given(st.data())
def test_with_every_activation(activation, data):
    end, scaling = data.draw(st.sampled_from(ENDS)), data.draw(st.sampled_from(SCALINGS))
    file = data.draw(files(activation, *end, scaling))
    assert_the_same(trained(file), file.rows)


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize(("task", "output"), ENDS)
@settings(max_examples=6, deadline=None)
@given(st.data())
def test_with_every_output_and_scaling(task, output, scaling, data):
    activation = data.draw(st.sampled_from(sorted(ACTIVATIONS)))
    file = data.draw(files(activation, task, output, scaling))
    assert_the_same(trained(file), file.rows)
