"""What may stand after the question mark."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from engine.landscape import LEAST_RESOLUTION, MOST_RESOLUTION
from engine.plane import DIRECTIONS
from service.schemas.fields import optional
from service.schemas.jobs import MAX_NAME
from service.schemas.query_fields import cursor, flag, integer, one_of, seconds, text, time
from service.states import JobStatus

MAX_WAIT_SECONDS = 60
LARGEST_EPOCH = LARGEST_ROW = 2**31 - 1
MOST_ROWS = 100_000
USUAL_ROWS = 1_000
ModelFormat = Literal["json", "npz", "safetensors", "onnx"]


class Query(BaseModel):
    """The parameters of one route. A name that is not among them is a fault."""

    model_config = ConfigDict(extra="forbid")


class NoQuery(Query):
    """For a route that takes no parameter."""


class DatasetPageQuery(Query):
    limit: Annotated[int, integer(1, 500)] = 50
    after: Annotated[str | None, cursor("ds")] = optional(
        description="The `next` of the page before."
    )


class UploadQuery(Query):
    name: Annotated[str | None, text(MAX_NAME)] = optional(
        description="What to call it; if not given, the name of the file in a multipart body."
    )
    target: Annotated[str | None, text()] = optional(
        description="The column that is the target unless a job names another; the last, or what "
        "the file itself says, if not given."
    )


class RowsQuery(Query):
    limit: Annotated[int, integer(1, 1_000)] = 50
    after: Annotated[int, integer(0, LARGEST_ROW)] = Field(
        default=0, description="The `next` of the rows before; rows count from 1."
    )


class JobPageQuery(Query):
    limit: Annotated[int, integer(1, 500)] = 50
    after: Annotated[str | None, cursor("job")] = optional(
        description="The `next` of the page before."
    )
    status: Annotated[JobStatus | None, one_of(*JobStatus)] = optional()
    name: Annotated[str | None, text()] = optional(description="Jobs of exactly this name.")
    created_after: Annotated[datetime | None, time()] = optional()


class DeliveryPageQuery(Query):
    limit: Annotated[int, integer(1, 500)] = 50
    after: Annotated[str | None, cursor("dlv")] = optional(
        description="The `next` of the page before."
    )


class SubmitQuery(Query):
    validate_only: Annotated[bool, flag()] = Field(
        default=False, description="Judge the body, fill it in, store nothing."
    )


class WaitQuery(Query):
    wait: Annotated[float | None, seconds(MAX_WAIT_SECONDS)] = optional(
        description="Seconds to wait for the job to be at rest before it is answered."
    )
    wait_for: Annotated[Literal["rest", "change"], one_of("rest", "change")] = Field(
        default="rest", description="`change`: answer as soon as the status is another."
    )


class HistoryQuery(Query):
    after_epoch: Annotated[int | None, integer(0, LARGEST_EPOCH)] = optional(
        description="Rows of later epochs only."
    )
    limit: Annotated[int | None, integer(1, MOST_ROWS)] = optional(
        description="At most so many rows; 1,000 unless given, and all with `points`."
    )
    points: Annotated[int | None, integer(4, MOST_ROWS)] = optional(
        description="At most so many of these rows: the first, the last, the best, and of each "
        "stretch between them those of the least and the greatest cost and validation cost."
    )
    layout: Annotated[Literal["rows", "columns"], one_of("rows", "columns")] = "rows"
    format: Annotated[Literal["json", "csv", "ndjson"] | None, one_of("json", "csv", "ndjson")] = (
        optional(description="Goes before the Accept header.")
    )

    @property
    def most_rows(self) -> int | None:
        """How many rows are meant at most, before they are thinned; None for all."""
        return self.limit or (None if self.points else USUAL_ROWS)


class EventsQuery(Query):
    last_event_id: Annotated[int | None, integer(0, LARGEST_EPOCH)] = optional(
        description="The last epoch that is known; the header of this name goes before it."
    )


class ModelQuery(Query):
    format: Annotated[ModelFormat | None, one_of(*get_args(ModelFormat))] = optional(
        description="Goes before the Accept header."
    )


class SurfaceQuery(Query):
    resolution: Annotated[int | None, integer(LEAST_RESOLUTION, MOST_RESOLUTION)] = optional(
        description="Places along each axis; if not given, 31, or fewer where rows are many."
    )
    directions: Annotated[Literal["path", "random"] | None, one_of(*DIRECTIONS)] = optional(
        description="What spans the plane; if not given, the path, at random where none was kept."
    )


class PictureQuery(Query):
    theme: Annotated[Literal["light", "dark"] | None, one_of("light", "dark")] = optional()
    width: Annotated[int, integer(240, 2000)] = 720
    height: Annotated[int, integer(160, 1600)] = 440


class SurfacePictureQuery(SurfaceQuery):
    theme: Annotated[Literal["light", "dark"] | None, one_of("light", "dark")] = optional()
    width: Annotated[int, integer(240, 2000)] = 720
    height: Annotated[int, integer(160, 1600)] = 560
