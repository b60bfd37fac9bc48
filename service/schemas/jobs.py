"""The body of a job, as it is sent."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema
from pydantic.functional_validators import PlainValidator

from service.builtin_datasets import BUILT_IN
from service.schemas.columns import (
    ClassWeights,
    Features,
    Missing,
    Target,
    Validation,
    WeightColumn,
)
from service.schemas.fields import (
    Bounded,
    Chosen,
    Flag,
    OrElse,
    Strict,
    Text,
    default,
    optional,
    refused,
)
from service.schemas.network import Network
from service.schemas.optimizer import Optimizer
from service.schemas.webhooks import MAX_WEBHOOKS, WebhookBody

MAX_NAME = 200
MAX_PRIORITY = 9
MAX_METADATA = 50
MAX_METADATA_KEY = 64
MAX_METADATA_TEXT = 500
LARGEST_INTEGER = 2**53  # beyond it, JSON's readers no longer agree on what was meant


class InlineData(Strict):
    """Rows to learn from. They are stored as a dataset, whose id the job shows."""

    inputs: Annotated[
        Any,
        WithJsonSchema(
            {
                "type": "array",
                "minItems": 1,
                "items": {"type": "array", "minItems": 1, "items": {"type": "number"}},
            }
        ),
        Field(description="One array of numbers for each row, all of one length."),
    ]
    targets: Annotated[
        Any,
        WithJsonSchema(
            {
                "type": "array",
                "minItems": 1,
                "items": {
                    "anyOf": [
                        {"type": ["number", "string", "boolean"]},
                        {"type": "array", "minItems": 1, "items": {"type": "number"}},
                    ]
                },
            }
        ),
        Field(description="For each row a number or a class, or an array of numbers."),
    ]


class Stop(Strict):
    """When to stop before the last epoch. What is null never stops."""

    gradient_norm: Annotated[float | None, Bounded("/stop/gradient_norm")] = None
    cost: Annotated[float | None, Bounded("/stop/cost")] = None
    seconds: Annotated[float | None, Bounded("/stop/seconds")] = None
    patience: Annotated[int | None, Bounded("/stop/patience")] = None
    min_delta: Annotated[float, Bounded("/stop/min_delta")] = default("/stop/min_delta")
    restore_best: Flag = default("/stop/restore_best")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


DatasetGiven = Annotated[
    InlineData,
    OrElse(
        _is_text,
        ({"type": "string", "title": "Name or id", "examples": list(BUILT_IN)},),
        "the name or id of a dataset, or an object of inputs and targets",
    ),
]


class SpecFields(Strict):
    """What a training run is, its data aside."""

    target: Target = None
    features: Features = None
    task: Annotated[str, Chosen("/task")] = default("/task")
    network: Network = Field(default_factory=Network)
    cost: Annotated[str, Chosen("/cost")] = default("/cost")
    training_cost: Annotated[str, Chosen("/training_cost")] = default("/training_cost")
    optimizer: Optimizer = Field(default_factory=Optimizer)
    epochs: Annotated[int, Bounded("/epochs")] = default("/epochs")
    batch_size: Annotated[int | None, Bounded("/batch_size")] = default(
        "/batch_size", description="Null is full-batch gradient descent."
    )
    shuffle: Flag = default("/shuffle")
    seed: Annotated[int, Bounded("/seed")] = default("/seed")
    dtype: Annotated[str, Chosen("/dtype")] = default("/dtype")
    l1: Annotated[float, Bounded("/l1")] = default("/l1")
    l2: Annotated[float, Bounded("/l2")] = default("/l2")
    clip_norm: Annotated[float | None, Bounded("/clip_norm")] = default("/clip_norm")
    scaling: Annotated[str, Chosen("/scaling")] = default("/scaling")
    missing: Missing = default("/missing")
    class_weights: ClassWeights = default("/class_weights")
    weight_column: WeightColumn = default("/weight_column")
    validation: Validation | None = optional(
        description="If not given, a fifth of the rows; null, and no validation, below 50 rows.",
    )
    stop: Stop = Field(default_factory=Stop)


def _whole_priority(value: Any) -> int:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and value in range(MAX_PRIORITY + 1):
        return int(value)
    raise refused(f"must be an integer at least 0 and at most {MAX_PRIORITY}")


Priority = Annotated[
    int,
    PlainValidator(_whole_priority),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAX_PRIORITY}),
]


def _metadata_value(value: Any) -> Any:
    if isinstance(value, str) and len(value) <= MAX_METADATA_TEXT:
        return value
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int) and abs(value) <= LARGEST_INTEGER:
        return value
    raise refused(
        f"must be a text of at most {MAX_METADATA_TEXT} characters, a number, true, false or null"
    )


MetadataValue = Annotated[
    Any,
    PlainValidator(_metadata_value),
    WithJsonSchema(
        {"type": ["string", "number", "boolean", "null"], "maxLength": MAX_METADATA_TEXT}
    ),
]
MetadataKey = Annotated[Text, Field(min_length=1, max_length=MAX_METADATA_KEY)]
Metadata = Annotated[dict[MetadataKey, MetadataValue], Field(max_length=MAX_METADATA)]


class JobBody(SpecFields):
    """A training job. Only `dataset` is required."""

    name: Annotated[Text, Field(max_length=MAX_NAME)] | None = None
    metadata: Metadata = Field(default_factory=dict)
    dataset: DatasetGiven
    priority: Priority = Field(default=5, description="9 goes first.")
    webhooks: Annotated[list[WebhookBody], Field(max_length=MAX_WEBHOOKS)] = Field(
        default_factory=list, description="Who is told what becomes of the job."
    )
