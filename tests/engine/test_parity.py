"""The engine against PyTorch and scikit-learn, which know nothing of it nor it of them.

What they found lies in fixtures/, made by benchmarks/parity/make_fixtures.py: from the same job
body, the same starting weights and the same row order, in float64.
"""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from builders import table_of

from engine.backprop import Backprop
from engine.costs import head_of
from engine.filling import fill
from engine.network import given_parameters, layers_of, views
from engine.records import Examples, TrainingData
from engine.spec import from_dict
from engine.training import Training


def fixture(name):
    path = Path(__file__).parent / "fixtures" / f"{name}.json.gz"
    return json.loads(gzip.decompress(path.read_bytes()))


def trainings(hand):
    read = fixture(f"trainings_by_{hand}")
    return [
        pytest.param(case, read["problems"][case["problem"]], id=case["name"])
        for case in read["cases"]
    ]


def gradients():
    read = fixture("gradients_by_torch")
    return [
        pytest.param(case, read["problems"][case["problem"]], id=" ".join(names(case["body"])))
        for case in read["cases"]
    ]


def names(body):
    network = body["network"]
    return network["hidden"][0]["activation"], network["output"], body["cost"]


def examples(rows, weighted=False):
    weights = np.array(rows["row_weights"]) if weighted else None
    return Examples.of(np.array(rows["inputs"]), np.array(rows["targets"]), "float64", weights)


def spec_of(case, problem):
    network = {**case["body"]["network"], "weights": problem["weights"]}
    return from_dict({**case["body"], "network": network})


def engine_run(case, problem):
    weighted = case.get("weighted", False)
    validation = examples(problem["validation"], weighted) if case["validated"] else None
    spec = fill(spec_of(case, problem), table_of(problem["inputs"], problem["targets"]))
    training = Training(spec, TrainingData(examples(problem, weighted), validation))
    _start, *history = training.records()
    assert training.outcome.stop_reason == "epochs"
    return training.outcome.parameters, history


def assert_agrees(case, problem):
    """The model, and of every epoch all that the other hand reports."""
    parameters, history = engine_run(case, problem)
    close = case["tolerance"]
    assert parameters.tolist() == pytest.approx(case["parameters"], **close)
    for column in ("cost", "validation_cost", "gradient_norm", "learning_rate"):
        if f"{column}s" in case:
            found = [getattr(record, column) for record in history]
            assert found == pytest.approx(case[f"{column}s"], **close), column


@pytest.mark.parametrize(("case", "problem"), trainings("torch"))
def test_twenty_epochs_as_pytorch_trains_them(case, problem):
    assert_agrees(case, problem)


@pytest.mark.parametrize(("case", "problem"), trainings("scikit_learn"))
def test_twenty_epochs_as_scikit_learn_trains_them(case, problem):
    assert_agrees(case, problem)


@pytest.mark.parametrize(("case", "problem"), gradients())
def test_backpropagation_finds_what_autograd_finds(case, problem):
    spec, rows = spec_of(case, problem), examples(problem)
    layers = layers_of(spec.network, rows.features, rows.outputs)
    parameters = given_parameters(layers, spec.network.weights, "float64")
    gradient = np.empty_like(parameters)
    backprop = Backprop(layers, head_of(spec.network.output, spec.cost), rows.rows, "float64")
    summed = backprop.cost_and_gradient(
        views(layers, parameters), rows.inputs, rows.targets, views(layers, gradient)
    )
    assert summed / rows.rows == pytest.approx(case["cost"], rel=1e-12)
    assert gradient.tolist() == pytest.approx(case["gradient"], rel=1e-9, abs=1e-15)
