"""A tenant's jobs: submit, look at, count. Nothing here commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, defer

from engine.spec import TrainingSpec, to_dict
from service import outbox, webhooks
from service.database.sessions import Sessions
from service.database.tables import Job
from service.database.types import now
from service.errors import NotFound
from service.ids import new_id, well_formed
from service.pages import Page, newest_first
from service.ranking import rank_of
from service.states import JobStatus
from service.webhooks import Webhook

LARGE = (Job.spec, Job.spec_reasons, Job.webhooks, Job.learning_rate_search, Job.diagnosis)


@dataclass(frozen=True, slots=True)
class Submission:
    """A job that has passed every check. `spec` is filled; `dataset` a built-in name or an id, and
    so is the `validation_dataset`; `features` are the inputs of the network.
    """

    spec: TrainingSpec
    dataset: str
    features: int
    outputs: int
    parameters: int
    validation_dataset: str | None = None
    spec_reasons: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    priority: int = 5
    traceparent: str | None = None
    dataset_sha256: str | None = None
    webhooks: Sequence[Webhook] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """What to compare to see whether a job is another than it was, and how far it is."""

    status: JobStatus
    changed: int
    attempt: int = 0
    epoch: int | None = None
    stop_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Glance:
    """What tells one look at a job from another: all that is shown of it is as old as this."""

    status: JobStatus
    changed: int
    queue_position: int | None


def submit(session: Session, tenant_id: str, submission: Submission) -> Job:
    """Add a queued job and its event."""
    created_at = now()
    job = Job(
        id=new_id("job"),
        tenant_id=tenant_id,
        name=submission.name,
        metadata_=dict(submission.metadata),
        status=JobStatus.QUEUED,
        priority=submission.priority,
        rank=rank_of(created_at, submission.priority),
        created_at=created_at,
        traceparent=submission.traceparent,
        spec=to_dict(submission.spec),
        dataset=submission.dataset,
        dataset_id=submission.dataset if well_formed("ds", submission.dataset) else None,
        dataset_sha256=submission.dataset_sha256,
        validation_dataset=submission.validation_dataset,
        spec_reasons=dict(submission.spec_reasons),
        features=submission.features,
        outputs=submission.outputs,
        parameters=submission.parameters,
        epochs=submission.spec.epochs,
        webhooks=[webhook.shown for webhook in submission.webhooks] or None,
    )
    session.add(job)
    session.flush()
    webhooks.add(session, job, submission.webhooks)
    outbox.moved(session, job)
    return job


def get(session: Session, tenant_id: str, job_id: str, *, lock: bool = False) -> Job:
    """The job as it is now, and as it stays until the commit if `lock`; raises NotFound."""
    job = None
    if well_formed("job", job_id):
        asked = {"job_id": job_id, "tenant_id": tenant_id}
        job = session.scalar(_ONE_LOCKED if lock else _ONE, asked)
    if job is None:
        raise NotFound("job", job_id)
    return job


# Made once: to put this together takes as long as a tenth of all that a poll does
_ONE: Select[Job] = (
    select(Job)
    .where(Job.id == bindparam("job_id"), Job.tenant_id == bindparam("tenant_id"))
    .where(Job.is_removed.is_(False))
    .execution_options(populate_existing=True)
)
_ONE_LOCKED = _ONE.with_for_update()
_JOBS = Job.__table__.c  # what is asked for all the time is not asked by way of the mapped class
_MARK = select(
    *(_JOBS[name] for name in ("status", "changed", "attempt", "epoch", "stop_reason", "rank"))
).where(
    _JOBS.id == bindparam("job_id"),
    _JOBS.tenant_id == bindparam("tenant_id"),
    _JOBS.is_removed.is_(False),
)
_before = or_(
    Job.rank < bindparam("rank"), and_(Job.rank == bindparam("rank"), Job.id < bindparam("job_id"))
)
_AHEAD = select(func.count()).select_from(Job).where(Job.status == JobStatus.QUEUED, _before)


def glance(sessions: Sessions, tenant_id: str, job_id: str) -> Glance:
    """The job's mark and place, for the least that can be asked; raises NotFound."""
    row = _marked(sessions, tenant_id, job_id)
    if row.status is not JobStatus.QUEUED:
        return Glance(row.status, row.changed, None)
    (ahead,) = sessions.one(_AHEAD, {"job_id": job_id, "rank": row.rank}) or (0,)
    return Glance(row.status, row.changed, ahead + 1)


def page(
    session: Session,
    tenant_id: str,
    *,
    limit: int,
    after: str | None = None,
    status: JobStatus | None = None,
    name: str | None = None,
    metadata: Mapping[str, str] | None = None,
    created_after: datetime | None = None,
) -> Page[Job]:
    """Jobs that pass every filter given, newest first, `LARGE` left out (reading it raises).

    `metadata` asks for values as JSON writes them, texts without their quotes.
    `after` is the `next` of the page before; raises Invalid for what never was one.
    """
    light = (defer(column, raiseload=True) for column in LARGE)
    chosen = select(Job).options(*light).where(Job.tenant_id == tenant_id)
    chosen = chosen.where(Job.is_removed.is_(False))
    if status is not None:
        chosen = chosen.where(Job.status == status)
    if name is not None:
        chosen = chosen.where(Job.name == name)
    if created_after is not None:
        chosen = chosen.where(Job.created_at > created_after)
    for key, value in (metadata or {}).items():
        chosen = chosen.where(_has(session, key, value))
    return newest_first(session, chosen, Job.id, kind="job", limit=limit, after=after)


def _has(session: Session, key: str, value: str) -> ColumnElement[bool]:
    # Not by a JSON path: SQLite's has no way to name a key that holds a quote
    if session.get_bind().dialect.name == "sqlite":
        pairs = func.json_each(Job.metadata_).table_valued("key", "value", "type")
        # There true is 1, and only its type tells it from the number
        flag = pairs.c.type.in_(("true", "false"))
        shown = case((flag, pairs.c.type), else_=cast(pairs.c.value, Text))
        return exists().where(pairs.c.key == key, shown == value)
    pairs = func.json_each_text(Job.metadata_).table_valued("key", "value")
    return exists().where(pairs.c.key == key, pairs.c.value == value)


def queue_position(session: Session, job: Job) -> int | None:
    """How many claims away a queued job is, 1 for the next; None for any other job."""
    if job.status is not JobStatus.QUEUED:
        return None
    return session.execute(_AHEAD, {"job_id": job.id, "rank": job.rank}).scalar_one() + 1


def mark(sessions: Sessions, tenant_id: str, job_id: str) -> Mark:
    """The mark of the tenant's job; raises NotFound."""
    return mark_of(_marked(sessions, tenant_id, job_id))


def _marked(sessions: Sessions, tenant_id: str, job_id: str) -> Any:
    asked = {"job_id": job_id, "tenant_id": tenant_id}
    row = sessions.one(_MARK, asked) if well_formed("job", job_id) else None
    if row is None:
        raise NotFound("job", job_id)
    return row


def marks(session: Session, job_ids: Iterable[str]) -> dict[str, Mark]:
    """The mark of each of these jobs that exists, whoever's they are."""
    parts = (Job.status, Job.changed, Job.attempt, Job.epoch, Job.stop_reason)
    chosen = select(Job.id, *parts).where(Job.id.in_(list(job_ids)))
    chosen = chosen.where(Job.is_removed.is_(False))
    return {row.id: mark_of(row) for row in session.execute(chosen)}


def mark_of(job: Any) -> Mark:
    """The mark of a job, or of a row with these fields of one."""
    return Mark(job.status, job.changed, job.attempt, job.epoch, job.stop_reason)
