"""Checkpoints; models outside the database; an order of claims in which waiting counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MICROSECONDS_A_PRIORITY = 600 * 1_000_000

jobs = sa.table("jobs", sa.column("status", sa.String), sa.column("rank", sa.BigInteger))
models = sa.table(
    "models",
    sa.column("job_id", sa.String),
    sa.column("content", sa.LargeBinary),
    sa.column("blob", sa.String),
)


# By ALTER TABLE on SQLite too: a table that is rebuilt is dropped first, and takes along
# whatever refers to its rows.
def upgrade() -> None:
    op.add_column("jobs", sa.Column("rank", COUNTER, nullable=False, server_default=sa.text("0")))
    op.add_column("jobs", sa.Column("epoch_seconds", sa.Double()))
    op.add_column("jobs", sa.Column("environment_changes", sa.JSON()))
    op.add_column(
        "jobs", sa.Column("is_removed", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _rank_jobs()
    op.drop_index("ix_jobs_claim_order", "jobs")
    op.create_index("ix_jobs_claim_order", "jobs", ["status", "rank", "id"])
    op.create_index("ix_jobs_finished_at", "jobs", ["finished_at"])
    op.create_index("ix_jobs_tenant_id_status_id", "jobs", ["tenant_id", "status", "id"])
    op.add_column("models", sa.Column("blob", sa.String(200)))
    op.create_index("ix_models_blob", "models", ["blob"])
    op.create_index("ix_datasets_blob", "datasets", ["blob"])
    _checkpoints()


def _rank_jobs() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    seconds = "strftime('%s', created_at)" if is_sqlite else "extract(epoch from created_at)"
    waited = f"CAST(priority AS BIGINT) * {MICROSECONDS_A_PRIORITY}"
    rank = f"CAST({seconds} AS BIGINT) * 1000000 - {waited}"
    op.execute(jobs.update().values(rank=sa.literal_column(rank)))


def _checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("environment", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("blob", sa.String(200)),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_checkpoints"),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name="fk_checkpoints_tenant_id"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_checkpoints_job_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_checkpoints_blob", "checkpoints", ["blob"])


def downgrade() -> None:
    op.drop_table("checkpoints")
    _take_models_in()
    op.drop_index("ix_datasets_blob", "datasets")
    op.drop_index("ix_models_blob", "models")
    op.drop_column("models", "blob")
    # Nothing older knows of a pause, and a job that waits is not lost
    op.execute(jobs.update().where(jobs.c.status == "paused").values(status="queued"))
    op.drop_index("ix_jobs_tenant_id_status_id", "jobs")
    op.drop_index("ix_jobs_finished_at", "jobs")
    op.drop_index("ix_jobs_claim_order", "jobs")
    op.create_index("ix_jobs_claim_order", "jobs", ["status", sa.text("priority DESC"), "id"])
    for name in ("is_removed", "environment_changes", "epoch_seconds", "rank"):
        op.drop_column("jobs", name)


def _take_models_in() -> None:
    """Put models that are blobs back into their rows, where older code looks for them."""
    connection = op.get_bind()
    outside = sa.select(models.c.job_id, models.c.blob).where(models.c.blob.is_not(None))
    for job_id, blob in connection.execute(outside).all():
        with context.config.attributes["blobs"].open(blob) as file:
            content = file.read()
        mine = models.update().where(models.c.job_id == job_id)
        connection.execute(mine.values(content=content, blob=None))
