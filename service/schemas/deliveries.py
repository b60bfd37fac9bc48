"""Deliveries to webhooks, as they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from service.deliveries import DeliveryStatus
from service.webhooks import WebhookEvent


class DeliveryAnswer(TypedDict):
    """What came of one attempt."""

    attempt: int
    at: datetime
    seconds: Annotated[float, Field(description="How long it took.")]
    status: Annotated[int | None, Field(description="The HTTP status; null without an answer.")]
    body: Annotated[str, Field(description="The first 500 characters of the answer.")]
    error: Annotated[str | None, Field(description="Why there is no answer.")]


class Delivery(TypedDict):
    """One event on its way to one webhook. Its id is the `webhook-id` that is sent."""

    id: str
    type: WebhookEvent
    url: str
    status: DeliveryStatus
    attempts: Annotated[int, Field(description="How many were begun, redeliveries included.")]
    next_attempt_at: Annotated[datetime | None, Field(description="Null unless pending.")]
    answers: Annotated[
        list[DeliveryAnswer], Field(description="Of the latest ten attempts, the latest last.")
    ]
    created_at: datetime
    links: dict[str, str]


class DeliveryList(TypedDict):
    data: list[Delivery]
    has_more: bool
    next: Annotated[str | None, Field(description="The `after` of the page that follows.")]
