"""The network of a job's body."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.constraints import MAX_HIDDEN_LAYERS
from service.schemas.fields import Bounded, Chosen, Finite, Strict, default


class HiddenLayer(Strict):
    units: Annotated[int, Bounded("/network/hidden/*/units")]
    activation: Annotated[str, Chosen("/network/hidden/*/activation")] = "tanh"
    dropout: Annotated[float, Bounded("/network/hidden/*/dropout")] = 0.0


class LayerWeights(Strict):
    """Starting weights of one layer: `fan_in` rows of `fan_out` numbers, `fan_out` biases."""

    weights: Annotated[list[Annotated[list[Finite], Field(min_length=1)]], Field(min_length=1)]
    biases: Annotated[list[Finite], Field(min_length=1)]


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
    weights: list[LayerWeights] | None = Field(
        default=None, description="Start from these weights; null draws them by `init`."
    )
