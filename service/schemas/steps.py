"""One step laid open: what is sent, and what is shown of it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from engine.constraints import LEARNING_RATES, MAX_HIDDEN_LAYERS
from engine.trace import MAX_PARAMETERS, MAX_ROWS
from service.schemas.fields import Bounded, Chosen, Strict, default, optional
from service.schemas.network import HiddenLayer, Network
from service.schemas.weights import LAYERS_SCHEMA, ROW

AUTO = "auto"
LEARNING_RATE = LEARNING_RATES["gradient_descent"]
ROWS = {"type": "array", "minItems": 1, "maxItems": MAX_ROWS}


class StepNetwork(Network):
    """A network with its weights."""

    hidden: Annotated[list[HiddenLayer], Field(max_length=MAX_HIDDEN_LAYERS)] = optional(
        description="If not given, tanh layers as wide as the weights say. Without dropout."
    )
    output: Annotated[str, Chosen("/network/output")] = default(
        "/network/output", description="`auto` is the natural one of the cost."
    )
    weights: Annotated[Any, WithJsonSchema(LAYERS_SCHEMA)] = Field(
        description=f"Layer by layer; at most {MAX_PARAMETERS} weights and biases."
    )


class StepBody(Strict):
    """A network, some rows, a cost and a learning rate: all that a step needs."""

    network: StepNetwork
    inputs: Annotated[Any, WithJsonSchema({**ROWS, "items": ROW})]
    targets: Annotated[
        Any,
        WithJsonSchema({**ROWS, "items": {"anyOf": [{"type": "number"}, ROW]}}),
        Field(
            description="For each row an array of numbers, or a number where there is one output; "
            "for a softmax also the index of its class, from 0 on."
        ),
    ]
    cost: Annotated[str, Chosen("/cost")] = default(
        "/cost", description="`auto` is the natural one of the output."
    )
    learning_rate: Annotated[float, Bounded("/optimizer/learning_rate")] = LEARNING_RATE


Numbers = list[float | None]


class LayerForward(TypedDict):
    """z = W·a + b of each row, with the activations of the layer before, and a = f(z)."""

    weighted_inputs: list[Numbers]
    activations: list[Numbers]


class LayerBackprop(TypedDict):
    """∂J/∂z of each row, and what follows from it: ∂J/∂W and ∂J/∂b."""

    deltas: list[Numbers]
    weights_gradient: list[Numbers]
    biases_gradient: Numbers


class LayerDescent(TypedDict):
    """w − α·∂J/∂w."""

    weights: list[Numbers]
    biases: Numbers


class StepShown(TypedDict):
    """A whole step, layer by layer from the first. What is not finite is null."""

    forward: list[LayerForward]
    cost: float | None
    backprop: list[LayerBackprop]
    descent: list[LayerDescent]
    cost_after: Annotated[float | None, Field(description="J at the new weights.")]
    gradient_check: Annotated[
        float | None,
        Field(
            description="‖g − ĝ‖ / (‖g‖ + ‖ĝ‖) of the gradient g and ĝ, found by central "
            "differences: about 1e-9 where backpropagation is right."
        ),
    ]
