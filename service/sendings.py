"""The sender's side of a delivery: what is due, who sends it, and what was answered.

Nothing here commits. The times are of the wall clock, since they must hold over days and starts:
one that is wrong makes a delivery early, late or twice, and never loses it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.orm import Session

from service import counting
from service.database.types import now
from service.database.webhook_tables import Delivery, Webhook
from service.deliveries import DeliveryStatus

MOST_ANSWERS = 10
"""So many of the latest answers are kept of each delivery."""

LEASE_SECONDS = 120.0
"""Longer than any attempt takes, with its look-up of the name."""


PENDING, DELIVERED, FAILED = DeliveryStatus
GONE = 410


@dataclass(frozen=True, slots=True)
class Sending:
    """One attempt at a delivery, and all that it takes."""

    id: str
    tenant_id: str
    job_id: str
    position: int
    attempt: int
    tries_left: int
    url: str
    host: str
    secrets: tuple[str, ...]
    body: bytes

    def __repr__(self) -> str:
        # A log or a traceback must not hold the secrets
        return f"Sending({self.id}, attempt {self.attempt}, to {self.host})"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt: a `status` with the beginning of its `body`, or an `error`.

    `is_final`: trying again would be of no use. `retry_after_seconds` is what was asked for.
    """

    at: datetime
    seconds: float
    status: int | None = None
    body: str = ""
    error: str | None = None
    is_final: bool = False
    retry_after_seconds: float = 0.0

    @property
    def is_received(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == GONE


def some_are_due(session: Session) -> bool:
    """Whether there is anything to send now."""
    return session.scalar(_due().limit(1)) is not None


def claim(
    session: Session, busy_hosts: Collection[str] = (), lease_seconds: float = LEASE_SECONDS
) -> Sending | None:
    """Take the delivery that has been due for longest, of other hosts than these; None if none.

    Whoever takes it has it until the lease is over: a sender that died is followed by another.
    """
    _give_up_spent(session)
    best = _due().where(Delivery.tries_left > 0, Delivery.host.not_in(busy_hosts)).limit(1)
    best_id = best.with_for_update(skip_locked=True).scalar_subquery()
    taken = _update().where(Delivery.id == best_id, _is_due())
    moment = now()
    row = session.execute(
        taken.values(
            attempts=Delivery.attempts + 1,
            tries_left=Delivery.tries_left - 1,
            claimed_until=moment + timedelta(seconds=lease_seconds),
        ).returning(Delivery)
    ).scalar_one_or_none()
    return None if row is None else _sending(session, row)


def _give_up_spent(session: Session) -> None:
    """End the deliveries whose sender died in their last try."""
    spent = and_(_is_due(), Delivery.tries_left <= 0)
    given_up = _update().where(spent).values(status=FAILED, next_attempt_at=None)
    count = len(session.scalars(given_up.returning(Delivery.id)).all())
    if count:
        counting.note(session, counting.DELIVERIES_ENDED, FAILED, by=count)


def _sending(session: Session, row: Delivery) -> Sending:
    webhook = session.get_one(Webhook, (row.job_id, row.position))
    return Sending(
        id=row.id,
        tenant_id=row.tenant_id,
        job_id=row.job_id,
        position=row.position,
        attempt=row.attempts,
        tries_left=row.tries_left,
        url=webhook.url,
        host=row.host,
        secrets=tuple(webhook.secrets),
        body=row.payload.encode(),
    )


def _due() -> Select[str]:
    return select(Delivery.id).where(_is_due()).order_by(Delivery.next_attempt_at, Delivery.id)


def _is_due() -> ColumnElement[bool]:
    moment = now()
    is_free = or_(Delivery.claimed_until.is_(None), Delivery.claimed_until <= moment)
    # Spelt out, as the index has it
    return and_(Delivery.status == PENDING, Delivery.next_attempt_at <= moment, is_free)


def _update() -> Any:
    return update(Delivery).execution_options(synchronize_session=False)


def record(session: Session, sending: Sending, answer: Answer, delay_seconds: float) -> bool:
    """Write down what came of an attempt; if it is to be tried again, then after that delay.

    False if another has taken the delivery since: then nothing is written.
    """
    mine = and_(Delivery.id == sending.id, Delivery.attempts == sending.attempt)
    held = select(Delivery).where(mine).with_for_update()
    row = session.scalar(held.execution_options(populate_existing=True))
    if row is None:
        return False
    status = _status_after(answer, row.tries_left)
    again = now() + timedelta(seconds=delay_seconds) if status is PENDING else None
    session.execute(
        _update()
        .where(mine)
        .values(
            status=status,
            answers=[*row.answers, _noted(sending, answer)][-MOST_ANSWERS:],
            next_attempt_at=again,
            claimed_until=None,
        )
    )
    _count(session, answer, status)
    if answer.is_gone:
        told = (Webhook.job_id == sending.job_id, Webhook.position == sending.position)
        left_alone = update(Webhook).where(*told).values(is_gone=True)
        session.execute(left_alone.execution_options(synchronize_session=False))
    return True


def _count(session: Session, answer: Answer, status: DeliveryStatus) -> None:
    outcome = counting.RECEIVED if answer.is_received else counting.NOT_RECEIVED
    counting.note(session, counting.WEBHOOK_ATTEMPTS, outcome)
    if status is not PENDING:
        counting.note(session, counting.DELIVERIES_ENDED, status)


def _status_after(answer: Answer, tries_left: int) -> DeliveryStatus:
    if answer.is_received:
        return DELIVERED
    return FAILED if answer.is_final or answer.is_gone or tries_left <= 0 else PENDING


def _noted(sending: Sending, answer: Answer) -> dict[str, Any]:
    noted = {
        name: value
        for name, value in asdict(answer).items()
        if name not in ("is_final", "retry_after_seconds")
    }
    return {"attempt": sending.attempt, **noted, "at": answer.at.isoformat()}
