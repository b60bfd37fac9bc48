"""Who is told of a job: its webhooks, and the messages its events make. Nothing here commits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.errors import Fault
from service.database.tables import Job
from service.database.types import now
from service.database.webhook_tables import Delivery
from service.database.webhook_tables import Webhook as WebhookRow
from service.destinations import Allowed, Refused, host_of, read
from service.ids import new_id
from service.retries import TRIES


class WebhookEvent(StrEnum):
    """What a webhook may be told of: a job has come to the status that its name ends in."""

    RUNNING = "job.running"
    SUCCEEDED = "job.succeeded"
    FAILED = "job.failed"
    CANCELLED = "job.cancelled"


EVENTS = frozenset(WebhookEvent)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook as it was asked for, its `secrets` never to be shown."""

    url: str
    secrets: tuple[str, ...]
    events: tuple[str, ...]

    def __repr__(self) -> str:
        # A log or a traceback must not hold the secrets
        return f"Webhook(url=…, events={self.events})"

    @property
    def shown(self) -> dict[str, Any]:
        """What its owner sees of it again."""
        return {"url": self.url, "events": list(self.events)}


def url_faults(webhooks: Sequence[Webhook], allowed: Allowed) -> Iterator[Fault]:
    """Which of the URLs no webhook may have."""
    for position, webhook in enumerate(webhooks):
        try:
            read(webhook.url, allowed)
        except Refused as refusal:
            yield Fault(f"/webhooks/{position}/url", str(refusal))


def add(session: Session, job: Job, webhooks: Sequence[Webhook]) -> None:
    """Keep a new job's webhooks, which have passed every check."""
    session.add_all(
        WebhookRow(
            job_id=job.id,
            position=position,
            tenant_id=job.tenant_id,
            url=webhook.url,
            host=host_of(webhook.url),
            events=list(webhook.events),
            secrets=list(webhook.secrets),
        )
        for position, webhook in enumerate(webhooks)
    )
    session.flush()


def tell(session: Session, job_id: str, kind: str) -> None:
    """Make a delivery of the event for each of the job's webhooks that is to be told."""
    if kind not in EVENTS:
        return
    mine = select(WebhookRow).where(WebhookRow.job_id == job_id, WebhookRow.is_gone.is_(False))
    told = [webhook for webhook in session.scalars(mine) if kind in webhook.events]
    if not told:
        return
    payload = _payload(session, job_id, kind)
    for webhook in told:
        session.execute(insert(Delivery).values(**_delivery(webhook, kind, payload)))


def _payload(session: Session, job_id: str, kind: str) -> str:
    # Only here, since most jobs have no webhook, and these describe every answer of the service
    from service.schemas.webhook_message import message

    fresh = select(Job).where(Job.id == job_id).execution_options(populate_existing=True)
    return message(session.scalars(fresh).one(), kind, now())


def _delivery(webhook: WebhookRow, kind: str, payload: str) -> dict[str, Any]:
    return {
        "id": new_id("dlv"),
        "tenant_id": webhook.tenant_id,
        "job_id": webhook.job_id,
        "position": webhook.position,
        "host": webhook.host,
        "kind": kind,
        "payload": payload,
        "tries_left": TRIES,
        "next_attempt_at": now(),
    }
