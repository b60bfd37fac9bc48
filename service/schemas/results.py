"""Histories, models and predictions."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from service.schemas.fields import Strict
from service.schemas.jobs import DatasetGiven
from service.states import JobStatus


class HistoryRow(TypedDict):
    """One epoch. What stopped being finite, or was not measured, is null."""

    epoch: int
    cost: float | None
    validation_cost: float | None
    accuracy: float | None
    validation_accuracy: float | None
    gradient_norm: float | None
    learning_rate: float | None
    accepted: bool
    seconds: float


NextEpoch = Annotated[int | None, Field(description="The `after_epoch` of the page that follows.")]


class HistoryRows(TypedDict):
    data: list[HistoryRow]
    has_more: bool
    next: NextEpoch


class HistoryValues(TypedDict):
    """The same as rows, each field as one array."""

    epoch: list[int]
    cost: list[float | None]
    validation_cost: list[float | None]
    accuracy: list[float | None]
    validation_accuracy: list[float | None]
    gradient_norm: list[float | None]
    learning_rate: list[float | None]
    accepted: list[bool]
    seconds: list[float]


class HistoryColumns(TypedDict):
    columns: HistoryValues
    has_more: bool
    next: NextEpoch


class StatusShown(TypedDict):
    """A `status` event: where a job is in its life, and the last epoch in its history by then."""

    status: JobStatus
    attempt: int
    epoch: int | None
    stop_reason: str | None


VALUE = {"type": ["number", "string", "boolean", "null"]}


class PredictionsBody(Strict):
    """Rows to predict on, in the columns the job was trained on."""

    inputs: Annotated[
        Any,
        WithJsonSchema(
            {
                "type": "array",
                "minItems": 1,
                "items": {
                    "anyOf": [
                        {"type": "array", "minItems": 1, "items": VALUE},
                        {"type": "object", "additionalProperties": VALUE},
                    ]
                },
            }
        ),
        Field(
            description="For each row an array of values, or an object of columns: raw, as in the "
            "data, dates as ISO 8601 texts; null where one is missing."
        ),
    ]


class EvaluationBody(Strict):
    """Data to score a model on: with its columns, and the truth."""

    dataset: DatasetGiven


class Predictions(TypedDict):
    """One prediction for each row; of classes, their probabilities too, in `classes`' order."""

    predictions: list[Any]
    probabilities: list[list[float | None]] | None
    classes: list[Any] | None
