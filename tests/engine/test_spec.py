"""A specification there and back, and every fault of it at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.constraints import CHOICES, CONSTRAINTS, OPTIMIZERS, SCHEDULES
from engine.faults import faults
from engine.spec import TrainingSpec, from_dict, to_dict


def pointers(body):
    return [fault.pointer for fault in faults(from_dict(body))]


def test_the_defaults_have_no_fault_and_survive_the_way_there_and_back():
    assert faults(TrainingSpec()) == []
    assert from_dict(to_dict(TrainingSpec())) == TrainingSpec()
    assert from_dict({}) == TrainingSpec()


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "epochs": st.integers(1, 100),
            "batch_size": st.none() | st.integers(1, 99),
            "l1": st.floats(0, 1),
            "cost": st.sampled_from(CHOICES["/cost"]),
            "validation": st.none() | st.just({"fraction": 0.5}),
            "network": st.just({"hidden": [{"units": 3, "dropout": 0.5}], "init": "zeros"}),
            "optimizer": st.sampled_from(list(OPTIMIZERS)).map(
                lambda kind: {"kind": kind, **OPTIMIZERS[kind]}
            )
            | st.sampled_from(list(SCHEDULES)).map(
                lambda kind: {"learning_rate": {"kind": kind, "initial": 1.0, **SCHEDULES[kind]}}
            ),
        },
    )
)
def test_every_body_survives_the_way_there_and_back(body):
    spec = from_dict(body)
    assert from_dict(to_dict(spec)) == spec


def test_every_fault_is_told_at_once():
    body = {
        "epochs": 0,
        "seed": -1,
        "l2": float("nan"),
        "dtype": "float16",
        "network": {"hidden": [{"units": 3}, {"units": 0, "activation": "step", "dropout": 1.0}]},
        "optimizer": {"kind": "adam", "momentum": 0.5, "learning_rate": {"initial": 0.0}},
        "validation": {"fraction": 1.0},
    }
    assert sorted(pointers(body)) == [
        "/dtype",
        "/epochs",
        "/l2",
        "/network/hidden/1/activation",
        "/network/hidden/1/dropout",
        "/network/hidden/1/units",
        "/optimizer/learning_rate/initial",
        "/optimizer/momentum",
        "/seed",
        "/validation/fraction",
    ]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"network": {"output": "softmax"}, "cost": "huber"}, "/cost"),
        ({"task": "regression", "network": {"output": "softmax"}}, "/network/output"),
        ({"task": "multiclass", "cost": "mae"}, "/cost"),
        ({"network": {"hidden": [{"units": 1}] * 65}}, "/network/hidden"),
        (
            {
                "training_cost": "running",
                "optimizer": {"learning_rate": {"kind": "adaptive", "initial": 1}},
            },
            "/training_cost",
        ),
        (
            {
                "epochs": 5,
                "optimizer": {"learning_rate": {"kind": "step", "initial": 1, "warmup_epochs": 6}},
            },
            "/optimizer/learning_rate/warmup_epochs",
        ),
    ],
)
def test_pairs_that_do_not_fit(body, pointer):
    assert pointers(body) == [pointer]


@pytest.mark.parametrize("pointer", list(CONSTRAINTS))
def test_a_message_names_the_allowed_range(pointer):
    constraint = CONSTRAINTS[pointer]
    assert constraint.fault(None) == (None if constraint.nullable else constraint.fault("text"))
    for value in (True, "1", float("inf"), float("nan")):
        assert constraint.fault(value) == f"must be {constraint.describe()}"
    for end in (constraint.minimum, constraint.maximum):
        if end is not None:
            assert f"{end:g}" in constraint.describe() or str(end) in constraint.describe()
    if constraint.kind == "integer":
        assert constraint.fault(1.5)
        assert constraint.fault(5.0) is None
