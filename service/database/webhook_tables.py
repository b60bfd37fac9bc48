"""The tables of webhooks: where events are sent, and each one on its way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from service.database.base import Base, job_column, tenant_column
from service.database.types import now


class Webhook(Base):
    """Where a job's events are sent, and by which `secrets` they are signed: the job itself shows
    its webhooks without them. A receiver that `is_gone` has asked to be left alone.
    """

    __tablename__ = "webhooks"

    job_id: Mapped[str] = job_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant_id: Mapped[str] = tenant_column()
    url: Mapped[str] = mapped_column(Text)
    host: Mapped[str] = mapped_column(String(255))
    events: Mapped[list[Any]]
    secrets: Mapped[list[Any]]
    is_gone: Mapped[bool] = mapped_column(default=False)


class Delivery(Base):
    """One event on its way to one webhook, written with the event; `payload` is what is sent.

    `attempts` counts all that were begun, and fences what a sender writes, who has the delivery
    until `claimed_until`. `tries_left` counts down to giving up, and is set anew by a redelivery.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["job_id", "position"], ["webhooks.job_id", "webhooks.position"], ondelete="CASCADE"
        ),
        Index(None, "job_id", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = tenant_column()
    job_id: Mapped[str]
    position: Mapped[int]
    host: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str]
    payload: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    tries_left: Mapped[int]
    answers: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)
    next_attempt_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]


# Of the pending alone, so that looking for what is due stays quick however many were sent
Index(
    "ix_deliveries_due",
    Delivery.next_attempt_at,
    postgresql_where=text("status = 'pending'"),
    sqlite_where=text("status = 'pending'"),
)
