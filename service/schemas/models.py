"""A model as JSON. Whoever reads such a file relies on this; docs/models.md tells it in prose."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict


class NumberFeature(TypedDict):
    """One input of the network: (x − center) / scale, of `fill` where x is missing."""

    name: str
    kind: Annotated[
        Literal["number", "boolean", "date"],
        Field(description="A boolean is 0 or 1, a date seconds since 1970-01-01T00:00:00Z."),
    ]
    fill: Annotated[float | None, Field(description="Null: a missing value is an error.")]
    center: float
    scale: float


class TextFeature(TypedDict):
    """One input for each category, 1 where the text is that category and 0 elsewhere."""

    name: str
    kind: Literal["text"]
    categories: list[str]
    fill: Annotated[str | None, Field(description="Stands for a missing value.")]
    missing: Annotated[
        bool, Field(description="One more input at the end, 1 where the value is missing.")
    ]


class TargetShown(TypedDict):
    """Of a regression, output · scale + center is the prediction."""

    name: str
    center: NotRequired[float]
    scale: NotRequired[float]


class PreprocessingShown(TypedDict):
    """How raw columns become the network's inputs, in the order of `features`, and its outputs
    answers.
    """

    features: list[NumberFeature | TextFeature]
    targets: list[TargetShown]
    classes: Annotated[
        list[Any] | None,
        Field(description="In the order of the outputs; one output tells the second of two."),
    ]


class LayerShown(TypedDict):
    """a ↦ activation(a · weights + biases); the last layer's activation is the output's."""

    activation: str
    weights: Annotated[list[list[float]], Field(description="`fan_in` rows of `fan_out` numbers.")]
    biases: list[float]


class ModelShown(TypedDict):
    """A trained network with its preprocessing, readable without this service."""

    format: Literal["descentd-model"]
    format_version: Annotated[
        Literal[1], Field(description="Another one where a reader of this one could go wrong.")
    ]
    written_by: str
    job: str
    name: str | None
    dataset: Annotated[str, Field(description="Its name or id.")]
    dataset_sha256: Annotated[
        str | None, Field(description="Of its bytes as they were sent, or as they are built in.")
    ]
    spec: Annotated[
        dict[str, Any], Field(description="As the job shows it, without weights it was given.")
    ]
    preprocessing: PreprocessingShown
    dtype: str
    weights_sha256: str
    layers: list[LayerShown]
