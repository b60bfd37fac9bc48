"""What the service answers of datasets, as types: the answers are described by them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict


class Frequent(TypedDict):
    """A text, and how many rows have it."""

    value: str
    count: int


class Column(TypedDict):
    """What a column holds. Of dates, numbers are seconds since 1970-01-01T00:00:00Z."""

    name: str
    type: Literal["number", "boolean", "date", "text"]
    is_target: Annotated[bool, Field(description="Unless a job names other targets.")]
    min: float | None
    max: float | None
    mean: float | None
    std: Annotated[float | None, Field(description="Of all values there are: by n, not n − 1.")]
    missing: Annotated[int | None, Field(description="How many rows have no value.")]
    distinct: Annotated[int | None, Field(description="How many values differ, up to 1,000.")]
    more_distinct: Annotated[bool | None, Field(description="Whether more differ than that.")]
    examples: Annotated[list[Any], Field(description="The first values that differ.")]
    frequent: Annotated[list[Frequent], Field(description="Of texts, the most frequent.")]


class DatasetSummary(TypedDict):
    """Rows to learn from, their columns left out."""

    id: str
    name: str | None
    rows: int
    media_type: str
    encoding: Annotated[
        Literal["gzip"] | None, Field(description="How the bytes that were sent are packed.")
    ]
    size_bytes: Annotated[int, Field(description="Of the bytes that were sent.")]
    sha256: Annotated[str, Field(description="Of the bytes that were sent.")]
    created_at: Annotated[datetime | None, Field(description="Null of what is built in.")]
    links: dict[str, str]


class Dataset(DatasetSummary):
    """Rows to learn from."""

    columns: list[Column]


class DatasetRows(TypedDict):
    """Some rows, in the order of `columns`; null where a value is missing."""

    columns: list[str]
    data: list[list[float | bool | str | None]]
    has_more: bool
    next: Annotated[int | None, Field(description="The `after` of the rows that follow.")]


class DatasetList(TypedDict):
    data: list[DatasetSummary]
    has_more: bool
    next: Annotated[str | None, Field(description="The `after` of the page that follows.")]
