"""What a webhook is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from service.database.tables import Job as JobRow
from service.schemas.answers import JobSummary
from service.schemas.views import job_summary
from service.webhooks import WebhookEvent


class WebhookMessage(TypedDict):
    """An event of a job."""

    type: WebhookEvent
    timestamp: Annotated[datetime, Field(description="When the job came to that status.")]
    data: Annotated[JobSummary, Field(description="The job as it was then; its links are paths.")]


def message(job: JobRow, kind: str, timestamp: datetime) -> str:
    """The body that is sent for an event, to the byte: every attempt sends the same."""
    body: WebhookMessage = {
        "type": WebhookEvent(kind),
        "timestamp": timestamp,
        "data": job_summary(job, timestamp, root=""),
    }
    return orjson.dumps(body, option=orjson.OPT_UTC_Z).decode()
