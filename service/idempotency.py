"""A request that creates, sent twice under one key, creates once.

The key's row is part of the transaction that creates: `reserve` first, so that a request that
races waits for the winner's end; the work; `keep` the answer; commit. Where the work fails,
the rollback takes the key with it, since errors are not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from service.database.inserts import insert_if_new
from service.database.tables import IdempotencyKey
from service.database.types import now
from service.errors import KeyReused

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a request the same request; `digest` tells its body from another."""

    tenant_id: str
    route: str
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as it was given first."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def reserve(session: Session, key: Key) -> Answer | None:
    """Take the key for this request: None, go on; or the answer it was given already.

    Waits for a request that holds the key at the moment. Raises KeyReused for another body.
    """
    session.execute(delete(IdempotencyKey).where(_row(key), _expired()))
    taken = insert_if_new(
        session,
        IdempotencyKey,
        tenant_id=key.tenant_id,
        route=key.route,
        key=key.key,
        digest=key.digest,
    )
    return None if taken else _first_answer(session, key)


def find(session: Session, key: Key) -> Answer | None:
    """The answer given under the key already, if any. Raises KeyReused for another body."""
    known = select(IdempotencyKey.key).where(_row(key), ~_expired())
    return _first_answer(session, key) if session.scalar(known) is not None else None


def _first_answer(session: Session, key: Key) -> Answer:
    kept = session.scalars(select(IdempotencyKey).where(_row(key))).one()
    if kept.digest != key.digest:
        raise KeyReused("This Idempotency-Key was used with another body.")
    assert kept.status is not None, "the key was committed without its answer"
    return Answer(kept.status, kept.headers or {}, kept.body or b"")


def keep(session: Session, key: Key, answer: Answer) -> None:
    """Put the answer beside the key, in the transaction that reserved it."""
    kept = update(IdempotencyKey).where(_row(key))
    session.execute(
        kept.values(status=answer.status, headers=dict(answer.headers), body=answer.body)
    )


def forget_expired(session: Session) -> None:
    """Remove the keys that are older than the day they are kept for."""
    session.execute(delete(IdempotencyKey).where(_expired()))


def _row(key: Key) -> ColumnElement[bool]:
    return and_(
        IdempotencyKey.tenant_id == key.tenant_id,
        IdempotencyKey.route == key.route,
        IdempotencyKey.key == key.key,
    )


def _expired() -> ColumnElement[bool]:
    return IdempotencyKey.created_at < now() - KEPT
