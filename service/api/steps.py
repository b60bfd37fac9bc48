"""/v1/steps: one step laid open, forward, backprop and descent. Stateless."""

from __future__ import annotations

from flask import Blueprint, Response

from engine.trace import MAX_PARAMETERS, MAX_ROWS, StepTrace
from service import steps
from service.api.operations import Answer, Operation, documented
from service.api.requests import json_body, query
from service.api.responses import json_response
from service.schemas.queries import NoQuery
from service.schemas.steps import StepBody, StepShown
from service.scopes import Scope

blueprint = Blueprint("steps", __name__, url_prefix="/v1/steps")


@blueprint.post("")
@documented(
    Operation(
        summary="Lay one step of gradient descent open",
        description="The forward pass, backpropagation and the step, each with all its numbers, "
        "in float64, and a check of the gradient by central differences. Nothing is stored. "
        f"For at most {MAX_PARAMETERS} weights and biases, and {MAX_ROWS} rows.",
        tag="steps",
        body=StepBody,
        example={
            "network": {"weights": [{"weights": [[0]], "biases": [0]}]},
            "inputs": [[0], [1], [2], [3]],
            "targets": [1, 3, 5, 7],
            "cost": "mse",
            "learning_rate": 0.1,
        },
        query=NoQuery,
        answers={200: Answer("The step.", StepShown)},
        problems=(400, 413, 415, 422),
        scope=Scope.READ,
    )
)
def take_step() -> Response:
    query(NoQuery)
    return json_response(_shown(steps.take(json_body())))


def _shown(step: StepTrace) -> StepShown:
    return {
        "forward": [
            {
                "weighted_inputs": layer.weighted_inputs.tolist(),
                "activations": layer.activations.tolist(),
            }
            for layer in step.layers
        ],
        "cost": step.cost,
        "backprop": [
            {
                "deltas": layer.deltas.tolist(),
                "weights_gradient": layer.weights_gradient.tolist(),
                "biases_gradient": layer.biases_gradient.tolist(),
            }
            for layer in step.layers
        ],
        "descent": [
            {"weights": layer.weights.tolist(), "biases": layer.biases.tolist()}
            for layer in step.layers
        ],
        "cost_after": step.cost_after,
        "gradient_check": step.gradient_check,
    }
