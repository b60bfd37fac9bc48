"""At the edge of what numbers can hold: a finite cost or a clean `diverged`, and no warning.

Warnings are errors in this suite, so a run that ends at all has raised none.
"""

import math

import numpy as np
import pytest
from builders import random_table, run, table_of, with_target
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.constraints import OPTIMIZERS
from engine.data_faults import data_faults
from engine.spec import from_dict
from engine.table import text_column

ACTIVATIONS = ("tanh", "relu", "elu", "selu", "gelu", "silu", "softplus", "sigmoid")


def assert_clean(records, outcome):
    finite = all(math.isfinite(record.cost) for record in records)
    norms = [record.gradient_norm for record in records[1:]]
    finite = finite and all(math.isfinite(norm) for norm in norms)
    assert finite or outcome.stop_reason == "diverged"
    assert np.isfinite(outcome.parameters).all()
    for record in records[:-1]:
        assert math.isfinite(record.cost)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("scale", [1e4, 1e-4, 1e30, 1e150])
@pytest.mark.parametrize("scaling", ["standard", "none"])
def test_huge_and_tiny_numbers(dtype, scale, scaling):
    table = random_table(rows=60)
    table = table_of(table.inputs * scale, table.answers * scale)
    assert data_faults(from_dict({}), table) == []
    assert_clean(*run({"dtype": dtype, "scaling": scaling, "epochs": 5}, table))


@settings(deadline=None, max_examples=40)
@given(
    kind=st.sampled_from(list(OPTIMIZERS)),
    rate=st.sampled_from([1e-300, 1e-8, 1.0, 1e3, 1e6]),
    activation=st.sampled_from(ACTIVATIONS),
    size=st.sampled_from([None, 1, 7]),
    clip_norm=st.sampled_from([None, 1e-30, 1.0]),
)
def test_any_learning_rate_ends_cleanly(kind, rate, activation, size, clip_norm):
    body = {
        "network": {"hidden": [{"units": 5, "activation": activation}] * 2},
        "optimizer": {"kind": kind, "learning_rate": rate},
        "batch_size": size,
        "clip_norm": clip_norm,
        "epochs": 12,
        "scaling": "none",
    }
    assert_clean(*run(body, random_table(rows=20)))


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_saturated_outputs(output):
    """Logits of ±1e4, right and wrong."""
    table = table_of([[1.0], [-1.0], [1.0], [-1.0]], [1, 0, 0, 1])
    columns = 1 if output == "sigmoid" else 2
    weights = [{"weights": [[1e4, -1e4][:columns]], "biases": [0.0] * columns}]
    records, outcome = run(
        {
            "network": {"hidden": [], "output": output, "weights": weights},
            "scaling": "none",
            "epochs": 3,
        },
        table,
    )
    assert_clean(records, outcome)
    # Half the rows are right and cost nothing; the other half are wrong by the whole difference.
    assert records[0].cost == pytest.approx(1e4 * columns / 2, rel=1e-5)


def test_constant_columns_and_constant_targets():
    assert_clean(*run({"epochs": 5}, table_of(np.ones((10, 3)), np.full(10, 7.5))))


def test_one_row():
    records, outcome = run({"epochs": 5}, table_of([[1.0, 2.0]], [0.5]))
    assert_clean(records, outcome)
    assert outcome.metrics["training"]["r2"] is None


def test_one_class_only_is_refused_before_training():
    table = with_target(text_column("y", ["a", "a", "a"]))
    assert [fault.pointer for fault in data_faults(from_dict({}), table)] == ["/dataset"]


def test_no_rows_are_refused_before_training():
    table = with_target(text_column("y", []))
    assert [fault.pointer for fault in data_faults(from_dict({}), table)] == ["/dataset"]
