"""A checkpoint holds a run to go on from, and the model it would leave if it ended there."""

import math

import pytest
from builders import inputs_of, random_table, table_of, timeless

from engine.checkpoint import Checkpoint
from engine.filling import fill
from engine.framing import FramingError
from engine.model import Model
from engine.preparing import prepare
from engine.spec import from_dict
from engine.training import Training

BODY = {"epochs": 8, "batch_size": 8, "validation": {"fraction": 0.25}, "dtype": "float64"}


def started(body, table):
    spec = fill(from_dict(body), table)
    prepared = prepare(spec, table)
    return spec, prepared, Training(spec, prepared.data)


def checkpoints_of(body, table):
    """The filled specification, and for each epoch its record and its checkpoint as bytes."""
    spec, prepared, training = started(body, table)
    saved = [
        (record, Checkpoint(prepared.preprocessing, training.state()).to_bytes())
        for record in training.records()
    ]
    return spec, saved, Model(spec, prepared.preprocessing, training.outcome.parameters)


@pytest.mark.parametrize("restore_best", [True, False])
@pytest.mark.parametrize("epoch", [0, 3, 7])
def test_its_model_is_that_of_a_run_which_ends_there(epoch, restore_best):
    table, stop = random_table(), {"restore_best": restore_best}
    learning_rate = {"kind": "adam", "learning_rate": 0.3}
    body = {**BODY, "stop": stop, "optimizer": learning_rate}
    spec, saved, _ = checkpoints_of(body, table)
    checkpoint = Checkpoint.from_bytes(saved[epoch][1])
    assert checkpoint.epoch == epoch
    if epoch == 0:
        return
    _, _, shorter = checkpoints_of({**body, "epochs": epoch}, table)
    assert checkpoint.model(spec).weights_sha256 == shorter.weights_sha256
    rows = inputs_of(table.inputs[:2])
    assert checkpoint.model(spec).predict(rows) == shorter.predict(rows)


def test_a_run_goes_on_from_it():
    table = random_table()
    spec, saved, whole = checkpoints_of(BODY, table)
    checkpoint = Checkpoint.from_bytes(saved[4][1])
    rest = Training(spec, prepare(spec, table).data, state=checkpoint.state)
    assert timeless(rest.records()) == timeless(record for record, _ in saved[5:])
    assert rest.outcome.parameters.tobytes() == whole.parameters.tobytes()


def test_a_diverged_run_leaves_the_last_finite_weights():
    table = table_of([[1.0], [2.0]], [1.0, 2.0])
    steep = {"kind": "gradient_descent", "learning_rate": 1e200}
    body = {"network": {"hidden": []}, "optimizer": steep, "scaling": "none", "dtype": "float64"}
    spec, saved, whole = checkpoints_of({**body, "epochs": 50, "validation": None}, table)
    record, last = saved[-1]
    assert not math.isfinite(record.cost)
    assert Checkpoint.from_bytes(last).model(spec).weights_sha256 == whole.weights_sha256


def test_a_validation_cost_that_is_not_finite_can_be_saved():
    inputs = [[0.0], [1.0]] * 8
    targets = [0.0, 1.0] * 8
    body = {**BODY, "task": "regression", "scaling": "none", "network": {"hidden": []}}
    spec, prepared, _ = started(body, table_of(inputs, targets))
    prepared.data.validation.targets[:] = 1e200
    training = Training(spec, prepared.data)
    list(zip(training.records(), range(3), strict=False))
    saved = Checkpoint(prepared.preprocessing, training.state()).to_bytes()
    values = Checkpoint.from_bytes(saved).state.values
    assert values["last"]["validation_cost"] is None
    assert math.isfinite(values["last"]["cost"])


@pytest.mark.parametrize("cut", [0, 1, 8, 30, -1])
def test_bytes_cut_short_are_refused(cut):
    _, saved, _ = checkpoints_of({**BODY, "epochs": 1}, random_table())
    with pytest.raises(FramingError):
        Checkpoint.from_bytes(saved[-1][1][:cut])
