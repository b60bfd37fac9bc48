"""Deliveries of a job's events to its webhooks, as their owner sees them. Nothing here commits."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session, defer

from service import jobs
from service.database.types import now
from service.database.webhook_tables import Delivery, Webhook
from service.errors import NotFound
from service.ids import well_formed
from service.pages import Page, newest_first
from service.retries import TRIES


class DeliveryStatus(StrEnum):
    """What became of a delivery."""

    PENDING = "pending"
    """Is still to be sent, for the first time or again."""

    DELIVERED = "delivered"
    """The receiver answered that it has it: 200 to 299."""

    FAILED = "failed"
    """Will not be tried again, unless its owner wants it."""


def page(
    session: Session, tenant_id: str, job_id: str, *, limit: int, after: str | None
) -> Page[Delivery]:
    """The deliveries of a job, newest first, without what is sent; raises NotFound, Invalid."""
    jobs.get(session, tenant_id, job_id)
    chosen = select(Delivery).options(defer(Delivery.payload, raiseload=True))
    chosen = chosen.where(Delivery.job_id == job_id, Delivery.tenant_id == tenant_id)
    return newest_first(session, chosen, Delivery.id, kind="dlv", limit=limit, after=after)


def urls(session: Session, job_id: str) -> dict[int, str]:
    """Where each webhook of a job leads, by its position."""
    mine = select(Webhook).where(Webhook.job_id == job_id)
    return {webhook.position: webhook.url for webhook in session.scalars(mine)}


def redeliver(session: Session, tenant_id: str, job_id: str, delivery_id: str) -> Delivery:
    """Send a delivery again, now and whatever became of it; raises NotFound.

    One that is just being sent is not sent a second time beside it. A receiver that had asked to
    be left alone is told of later events again.
    """
    jobs.get(session, tenant_id, job_id)
    mine = (Delivery.id == delivery_id, Delivery.job_id == job_id, Delivery.tenant_id == tenant_id)
    again = update(Delivery).where(*mine).execution_options(synchronize_session=False)
    values = {"status": DeliveryStatus.PENDING, "tries_left": TRIES, "next_attempt_at": now()}
    moved = again.values(values).returning(Delivery)
    row = session.scalars(moved).one_or_none() if well_formed("dlv", delivery_id) else None
    if row is None:
        raise NotFound("delivery", delivery_id)
    back = update(Webhook).where(Webhook.job_id == job_id, Webhook.position == row.position)
    session.execute(back.values(is_gone=False).execution_options(synchronize_session=False))
    return row
