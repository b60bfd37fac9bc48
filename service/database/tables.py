"""The tables, as declared. What the migrations build must equal this; a test compares them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

import service.database.mlflow_tables
import service.database.webhook_tables  # noqa: F401
from service.database.base import Base, Json, job_column, tenant_column
from service.database.key_tables import ApiKey, SignIn
from service.database.types import Counter, now
from service.states import JobStatus

__all__ = [
    "ApiKey",
    "Base",
    "Checkpoint",
    "Dataset",
    "Epoch",
    "IdempotencyKey",
    "Job",
    "JobEvent",
    "JobStart",
    "RunPath",
    "SignIn",
    "Surface",
    "Tenant",
    "TrainedModel",
    "Upload",
]


class Tenant(Base):
    """Whose things are whose. `default` is there from the first migration."""

    __tablename__ = "tenants"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Dataset(Base):
    """Rows to learn from. The bytes as they were sent are a blob, and their columns another.

    Datasets with the same bytes may name the same blobs. `targets` are the columns that are
    targets unless a job says otherwise; None: the last.
    """

    __tablename__ = "datasets"
    __table_args__ = (Index(None, "tenant_id", "id"), Index(None, "tenant_id", "sha256"))

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = tenant_column()
    name: Mapped[str | None] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    encoding: Mapped[str | None] = mapped_column(String(16))
    blob: Mapped[str] = mapped_column(String(200), index=True)
    sha256: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(Counter)
    stored_blob: Mapped[str | None] = mapped_column(String(200), index=True)
    stored_bytes: Mapped[int] = mapped_column(Counter, default=0, server_default=text("0"))
    targets: Mapped[list[Any] | None] = mapped_column(Json)
    rows: Mapped[int]
    columns: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Job(Base):
    """One training run: what was asked for, where it is, what came of it.

    `changed` is raised with every change a reader can see; `attempt`, `beat` and `status`
    fence the worker's writes. Of the queued, the lowest `rank` is next. A job that `is_removed`
    is gone for everyone, and waits only for its rows to be cleared away.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index(None, "tenant_id", "id"), Index(None, "tenant_id", "status", "id"))

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = tenant_column()
    name: Mapped[str | None] = mapped_column(String(200))
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", default=dict)
    status: Mapped[JobStatus] = mapped_column(default=JobStatus.QUEUED)
    priority: Mapped[int]
    rank: Mapped[int] = mapped_column(Counter, server_default=text("0"))
    traceparent: Mapped[str | None] = mapped_column(Text)

    spec: Mapped[dict[str, Any]]
    webhooks: Mapped[list[Any] | None] = mapped_column(Json)
    dataset: Mapped[str]
    dataset_id: Mapped[str | None] = mapped_column(
        ForeignKey("datasets.id", ondelete="SET NULL"), index=True
    )
    dataset_sha256: Mapped[str | None]
    validation_dataset: Mapped[str | None] = mapped_column(index=True)
    spec_reasons: Mapped[dict[str, Any] | None] = mapped_column(Json)
    features: Mapped[int]
    outputs: Mapped[int]
    parameters: Mapped[int]
    epochs: Mapped[int]

    attempt: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)
    beat: Mapped[int] = mapped_column(Counter, default=0)
    worker_id: Mapped[str | None] = mapped_column(String(200))
    environment: Mapped[dict[str, Any] | None] = mapped_column(Json)
    environment_changes: Mapped[list[Any] | None] = mapped_column(Json)

    epoch: Mapped[int | None]
    epoch_seconds: Mapped[float | None]
    cost: Mapped[float | None]
    validation_cost: Mapped[float | None]
    learning_rate: Mapped[float | None]
    best: Mapped[dict[str, Any] | None] = mapped_column(Json)
    learning_rate_search: Mapped[dict[str, Any] | None] = mapped_column(Json)

    metrics: Mapped[dict[str, Any] | None] = mapped_column(Json)
    model_epoch: Mapped[int | None]
    weights_sha256: Mapped[str | None]
    stop_reason: Mapped[str | None] = mapped_column(String(32))
    error_code: Mapped[str | None]
    error_message: Mapped[str | None] = mapped_column(Text)
    diagnosis: Mapped[dict[str, Any] | None] = mapped_column(Json)

    changed: Mapped[int] = mapped_column(Counter, default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    is_removed: Mapped[bool] = mapped_column(default=False, server_default=false())


# In the order of claims, so that taking the best of many queued jobs reads one entry
Index("ix_jobs_claim_order", Job.status, Job.rank, Job.id)


class Epoch(Base):
    """One row of a job's history. Written once, in order, without a gap.

    Where it `is_extreme`, some cost may be the least or the greatest of its block of epochs.
    """

    __tablename__ = "epochs"

    job_id: Mapped[str] = job_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant_id: Mapped[str] = tenant_column()
    cost: Mapped[float | None]
    validation_cost: Mapped[float | None]
    accuracy: Mapped[float | None]
    validation_accuracy: Mapped[float | None]
    gradient_norm: Mapped[float | None]
    learning_rate: Mapped[float | None]
    accepted: Mapped[bool]
    seconds: Mapped[float]
    is_extreme: Mapped[bool] = mapped_column(server_default=true())


# As each database has it in a query: only then it takes this index
Index(
    "ix_epochs_extremes",
    Epoch.job_id,
    Epoch.epoch,
    postgresql_where=text("is_extreme"),
    sqlite_where=text("is_extreme = 1"),
)


class Checkpoint(Base):
    """Where a run stood when it was last saved, as `engine.checkpoint` frames it.

    `content` is empty where the bytes are a blob. `environment` is that of the attempt.
    """

    __tablename__ = "checkpoints"

    job_id: Mapped[str] = job_column(primary_key=True)
    tenant_id: Mapped[str] = tenant_column()
    attempt: Mapped[int]
    epoch: Mapped[int]
    environment: Mapped[dict[str, Any]]
    content: Mapped[bytes]
    blob: Mapped[str | None] = mapped_column(String(200), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class TrainedModel(Base):
    """The network a job ended with, as `engine.model` frames it; empty where it is a blob."""

    __tablename__ = "models"

    job_id: Mapped[str] = job_column(primary_key=True)
    tenant_id: Mapped[str] = tenant_column()
    epoch: Mapped[int]
    content: Mapped[bytes]
    blob: Mapped[str | None] = mapped_column(String(200), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class RunPath(Base):
    """Some of the weights a job that has ended passed through, as `service.paths` frames them."""

    __tablename__ = "paths"

    job_id: Mapped[str] = job_column(primary_key=True)
    tenant_id: Mapped[str] = tenant_column()
    content: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Surface(Base):
    """One picture of J over a plane: `content` is the answer, as JSON, once it is drawn.

    `is_wanted` until it is; `token` is that of the worker that draws it, since `taken_at`; `epoch`
    is the one the job had come to when this was drawn.
    """

    __tablename__ = "surfaces"
    __table_args__ = (
        UniqueConstraint("job_id", "directions", "resolution"),
        Index(None, "is_wanted", "id"),
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True)
    job_id: Mapped[str] = job_column()
    tenant_id: Mapped[str] = tenant_column()
    directions: Mapped[str] = mapped_column(String(16))
    resolution: Mapped[int]
    is_wanted: Mapped[bool]
    tries: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    epoch: Mapped[int | None]
    content: Mapped[bytes | None]
    error_code: Mapped[str | None]
    error_message: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)


class JobStart(Base):
    """A copy of the network that a job goes on from, as `engine.starting_point` frames it."""

    __tablename__ = "job_starts"

    job_id: Mapped[str] = job_column(primary_key=True)
    tenant_id: Mapped[str] = tenant_column()
    content: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)


class IdempotencyKey(Base):
    """The first answer to a request that creates; written in that request's transaction."""

    __tablename__ = "idempotency_keys"

    tenant_id: Mapped[str] = tenant_column(primary_key=True)
    route: Mapped[str] = mapped_column(String(100), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    digest: Mapped[str]
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None] = mapped_column(Json)
    body: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


class Upload(Base):
    """An upload that is under way under an idempotency key, in the hands of whoever has `token`.

    `seen_at` is renewed while it lasts: what was not seen for long was left by a dead process.
    """

    __tablename__ = "uploads"

    tenant_id: Mapped[str] = tenant_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    token: Mapped[str]
    seen_at: Mapped[datetime]


class JobEvent(Base):
    """What happened to a job, for whoever is to be told; written with the move itself."""

    __tablename__ = "job_events"

    id: Mapped[int] = mapped_column(Counter, primary_key=True)
    tenant_id: Mapped[str] = tenant_column()
    job_id: Mapped[str] = job_column(index=True)
    kind: Mapped[str]
    attempt: Mapped[int]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


METADATA = Base.metadata
"""All of these tables."""
