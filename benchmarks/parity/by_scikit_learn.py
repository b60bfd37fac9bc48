"""Training as scikit-learn's multilayer perceptrons do it, where its conventions can be met.

Its L is not our J:

- a regression's L is ½·mse, so that J = 2·L, and α is twice as large for the same step. (Adam
  steps by a ratio in which the factor cancels, so there α stays.)
- its penalty is ½·(alpha / n)·Σw², n the rows of the *batch*: alpha = l2·n, half of that for a
  regression's ½; batches of unequal size would have unequal penalties.
- its momentum keeps −α·v where ours keeps v: the same path while α is constant.
- its Adam divides by √v + ε before the bias correction, ours after it: the same only without ε.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from benchmarks.parity.cases import Body, Case
from benchmarks.parity.problems import Problem


def train(case: Case, problem: Problem) -> dict[str, Any]:
    """The parameters at the end, and the running cost J of each epoch."""
    body, inputs = case.body, np.array(problem["inputs"])
    network, targets = _network(body), _targets(body, problem)
    # One epoch by the way, so that there are weights to put ours in the place of.
    _fit(network.set_params(max_iter=1), inputs, targets)
    for index, layer in enumerate(problem["weights"]):
        network.coefs_[index][...] = layer["weights"]
        network.intercepts_[index][...] = layer["biases"]
    _fit(network.set_params(max_iter=body["epochs"]), inputs, targets)
    layers = zip(network.coefs_, network.intercepts_, strict=True)
    parameters = np.concatenate([part.ravel() for layer in layers for part in layer])
    costs = np.array(network.loss_curve_[1:]) / _share_of_j(body)
    return {"parameters": parameters.tolist(), "costs": costs.tolist()}


def _share_of_j(body: Body) -> float:
    return 0.5 if body["task"] == "regression" else 1.0


def _network(body: Body) -> Any:
    options, share = body["optimizer"], _share_of_j(body)
    adam = options["kind"] == "adam"
    kind = MLPRegressor if body["task"] == "regression" else MLPClassifier
    return kind(
        hidden_layer_sizes=[layer["units"] for layer in body["network"]["hidden"]],
        activation=body["network"]["hidden"][0]["activation"],
        solver="adam" if adam else "sgd",
        alpha=body.get("l2", 0.0) * body["batch_size"] * share,
        batch_size=body["batch_size"],
        learning_rate_init=options["learning_rate"] / (1.0 if adam else share),
        momentum=0.9 if options["kind"] == "momentum" else 0.0,
        nesterovs_momentum=options.get("nesterov", False),
        epsilon=options.get("epsilon", 1e-8),
        shuffle=False,
        warm_start=True,
        tol=0.0,
        n_iter_no_change=10 * body["epochs"],
        random_state=0,
    )


def _targets(body: Body, problem: Problem) -> Any:
    targets = np.array(problem["targets"])
    if body["task"] == "multiclass":
        return targets.argmax(axis=1)
    return targets[:, 0] if body["task"] == "regression" else targets[:, 0].astype(int)


def _fit(network: Any, inputs: Any, targets: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(inputs, targets)
