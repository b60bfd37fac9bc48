"""What was kept for a while only is thrown away, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from service import idempotency
from service.database.sessions import Sessions
from service.database.tables import IdempotencyKey
from service.database.types import now
from service.idempotency import KEPT, Answer, Key
from worker.housekeeping import Housekeeping


def test_keys_are_forgotten_after_their_day(sessions: Sessions) -> None:
    with sessions.writing() as session:
        for name in ("old", "young"):
            key = Key("default", "POST /v1/jobs", name, "digest")
            idempotency.reserve(session, key)
            idempotency.keep(session, key, Answer(202, {}, b"{}"))
        aged = update(IdempotencyKey).where(IdempotencyKey.key == "old")
        session.execute(aged.values(created_at=now() - KEPT - timedelta(seconds=1)))
        session.commit()
    Housekeeping(sessions).forget_expired_keys()
    with sessions.reading() as session:
        assert session.scalars(select(IdempotencyKey.key)).all() == ["young"]
