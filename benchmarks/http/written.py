"""Jobs whose epochs the benchmark writes itself, as a worker does, at moments it knows."""

from __future__ import annotations

import random
from collections.abc import Sequence

from engine.records import EpochRecord
from engine.spec import from_dict
from service import claims, jobs
from service.auth import DEFAULT_TENANT
from service.database.sessions import Sessions
from service.fences import Claim
from service.jobs import Submission

SPEC = {"epochs": 1_000_000, "validation": {"fraction": 0.2}}
PRIORITY = 9


def running_job(sessions: Sessions) -> Claim:
    """A job that is claimed in the transaction that submits it: no worker ever sees it queued."""
    with sessions.writing() as session:
        submission = Submission(from_dict(SPEC), "iris", 4, 3, 131, priority=PRIORITY)
        job = jobs.submit(session, DEFAULT_TENANT, submission)
        claim = claims.claim(session, "benchmark", {})
        if claim is None or claim.job_id != job.id:
            raise RuntimeError("another job was claimed")
        session.commit()
    return claim


def write(sessions: Sessions, claim: Claim, epochs: Sequence[int]) -> None:
    with sessions.writing() as session:
        claims.record(session, claim, [_record(epoch) for epoch in epochs])
        session.commit()


def _record(epoch: int) -> EpochRecord:
    falling, noise = 1 / (epoch + 1), random.random() / 10
    return EpochRecord(
        epoch, falling + noise, falling + 2 * noise, 0.9, 0.8, noise, 0.01, True, noise / 100
    )
