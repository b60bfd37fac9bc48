"""Uploads under way: under one idempotency key there is one at a time. Nothing here commits."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, update
from sqlalchemy.orm import Session

from service.database.inserts import insert_if_new
from service.database.tables import Upload
from service.database.types import now
from service.errors import Conflict

LEFT_AFTER = timedelta(seconds=15)
BEAT_SECONDS = 3.0
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to bring in an upload under a key; another's claim has another token."""

    tenant_id: str
    key: str
    token: str


def begin(session: Session, tenant_id: str, key: str) -> Claim:
    """Claim the key; raises Conflict while an upload that is alive has it.

    Should clocks of several machines differ by more than the lease, an upload may lose its
    claim: it then ends with a Conflict, and never is anything created twice.
    """
    claim = Claim(tenant_id, key, secrets.token_hex(16))
    values = {"token": claim.token, "seen_at": now()}
    if insert_if_new(session, Upload, tenant_id=tenant_id, key=key, **values):
        return claim
    was_left = and_(_of(tenant_id, key), Upload.seen_at < now() - LEFT_AFTER)
    taken_over = update(Upload).where(was_left).values(values).returning(Upload.key)
    if session.execute(taken_over).first() is None:
        raise Conflict("An upload under this Idempotency-Key is still under way.")
    return claim


def beat(session: Session, claim: Claim) -> bool:
    """Show that the upload is alive; whether the claim still holds."""
    seen = update(Upload).where(_held(claim)).values(seen_at=now())
    return session.execute(seen.returning(Upload.key)).first() is not None


def end(session: Session, claim: Claim) -> None:
    """Give the key back, in the transaction that keeps the answer; raises Conflict where lost."""
    ended = delete(Upload).where(_held(claim)).returning(Upload.key)
    if session.execute(ended).first() is None:
        raise Conflict("Another upload under this Idempotency-Key has taken over.")


def give_up(session: Session, claim: Claim) -> None:
    """Give the key back, if it is still held."""
    session.execute(delete(Upload).where(_held(claim)))


def forget_left(session: Session) -> None:
    """Remove the claims that dead processes left, which nobody asked for again."""
    session.execute(delete(Upload).where(Upload.seen_at < now() - FORGOTTEN_AFTER))


def _of(tenant_id: str, key: str) -> ColumnElement[bool]:
    return and_(Upload.tenant_id == tenant_id, Upload.key == key)


def _held(claim: Claim) -> ColumnElement[bool]:
    return and_(_of(claim.tenant_id, claim.key), Upload.token == claim.token)
