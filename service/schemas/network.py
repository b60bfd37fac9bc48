"""The network of a job's body."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from engine.constraints import MAX_HIDDEN_LAYERS
from service.schemas.fields import Bounded, Chosen, Strict, default
from service.schemas.weights import SCHEMA


class HiddenLayer(Strict):
    units: Annotated[int, Bounded("/network/hidden/*/units")]
    activation: Annotated[str, Chosen("/network/hidden/*/activation")] = "tanh"
    dropout: Annotated[float, Bounded("/network/hidden/*/dropout")] = 0.0


class Network(Strict):
    """The layers between inputs and outputs, whose widths the data decides."""

    hidden: Annotated[
        list[HiddenLayer],
        Field(
            max_length=MAX_HIDDEN_LAYERS,
            description="Empty: one layer from input to output.",
        ),
    ] = default("/network/hidden")
    output: Annotated[str, Chosen("/network/output")] = default("/network/output")
    init: Annotated[str, Chosen("/network/init")] = default("/network/init")
    weights: Annotated[Any, WithJsonSchema(SCHEMA)] = Field(
        default=None, description="Start from these; null draws them by `init`."
    )
