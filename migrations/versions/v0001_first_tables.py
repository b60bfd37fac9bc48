"""The first tables: tenants and keys, datasets, jobs and what belongs to a job."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _tenants()
    _api_keys()
    _datasets()
    _jobs()
    _epochs()
    _models()
    _idempotency_keys()
    _job_events()


def downgrade() -> None:
    for table in (
        "job_events",
        "idempotency_keys",
        "models",
        "epochs",
        "jobs",
        "datasets",
        "api_keys",
        "tenants",
    ):
        op.drop_table(table)


def _tenant_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id"], ["tenants.tenant_id"], name=f"fk_{table}_tenant_id"
    )


def _job_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["job_id"], ["jobs.id"], name=f"fk_{table}_job_id", ondelete="CASCADE"
    )


def _tenants() -> None:
    tenants = op.create_table(
        "tenants",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenants"),
    )
    op.bulk_insert(tenants, [{"tenant_id": "default", "created_at": datetime.now(UTC)}])


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        _tenant_key("api_keys"),
    )
    op.create_index("ix_api_keys_tenant_id", "api_keys", ["tenant_id"])
    op.create_index("ix_api_keys_prefix", "api_keys", ["prefix"])


def _datasets() -> None:
    op.create_table(
        "datasets",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("blob", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", COUNTER, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_datasets"),
        _tenant_key("datasets"),
    )
    op.create_index("ix_datasets_tenant_id_id", "datasets", ["tenant_id", "id"])


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200)),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("traceparent", sa.Text()),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("dataset_id", sa.String(64)),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("features", "outputs", "parameters", "epochs", "attempt", "lost")
        ),
        sa.Column("beat", COUNTER, nullable=False),
        sa.Column("worker_id", sa.String(200)),
        sa.Column("environment", sa.JSON()),
        sa.Column("epoch", sa.Integer()),
        *(sa.Column(name, sa.Double()) for name in ("cost", "validation_cost", "learning_rate")),
        sa.Column("best", sa.JSON()),
        sa.Column("metrics", sa.JSON()),
        sa.Column("model_epoch", sa.Integer()),
        sa.Column("weights_sha256", sa.String(64)),
        sa.Column("stop_reason", sa.String(32)),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_message", sa.Text()),
        sa.Column("changed", COUNTER, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("started_at", TIME),
        sa.Column("finished_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        _tenant_key("jobs"),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["datasets.id"], name="fk_jobs_dataset_id", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_jobs_tenant_id_id", "jobs", ["tenant_id", "id"])
    op.create_index("ix_jobs_claim_order", "jobs", ["status", sa.text("priority DESC"), "id"])
    op.create_index("ix_jobs_dataset_id", "jobs", ["dataset_id"])


def _epochs() -> None:
    measured = (
        "cost",
        "validation_cost",
        "accuracy",
        "validation_accuracy",
        "gradient_norm",
        "learning_rate",
    )
    op.create_table(
        "epochs",
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        *(sa.Column(name, sa.Double()) for name in measured),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "epoch", name="pk_epochs"),
        _tenant_key("epochs"),
        _job_key("epochs"),
    )


def _models() -> None:
    op.create_table(
        "models",
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_models"),
        _tenant_key("models"),
        _job_key("models"),
    )


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("route", sa.String(100), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("headers", sa.JSON()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "route", "key", name="pk_idempotency_keys"),
        _tenant_key("idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])


def _job_events() -> None:
    op.create_table(
        "job_events",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job_events"),
        _tenant_key("job_events"),
        _job_key("job_events"),
    )
    op.create_index("ix_job_events_job_id", "job_events", ["job_id"])
