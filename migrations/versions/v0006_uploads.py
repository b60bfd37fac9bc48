"""Datasets that were uploaded, with their columns stored beside the bytes; uploads under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UPLOADED = "uploads/%"

datasets = sa.table("datasets", sa.column("id", sa.String), sa.column("blob", sa.String))
jobs = sa.table("jobs", sa.column("dataset_id", sa.String))


def upgrade() -> None:
    for column in (
        sa.Column("name", sa.String(200)),
        sa.Column("encoding", sa.String(16)),
        sa.Column("stored_blob", sa.String(200)),
        sa.Column("stored_bytes", COUNTER, nullable=False, server_default=sa.text("0")),
        sa.Column("targets", sa.JSON()),
    ):
        op.add_column("datasets", column)
    op.create_index("ix_datasets_stored_blob", "datasets", ["stored_blob"])
    op.create_index("ix_datasets_tenant_id_sha256", "datasets", ["tenant_id", "sha256"])
    op.create_table(
        "uploads",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "key", name="pk_uploads"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name="fk_uploads_tenant_id"),
    )


def downgrade() -> None:
    op.drop_table("uploads")
    _take_uploaded_away()
    op.drop_index("ix_datasets_tenant_id_sha256", "datasets")
    op.drop_index("ix_datasets_stored_blob", "datasets")
    for name in ("targets", "stored_bytes", "stored_blob", "encoding", "name"):
        op.drop_column("datasets", name)


def _take_uploaded_away() -> None:
    """Remove what older code cannot read: to it every dataset is what a job carried."""
    uploaded = sa.select(datasets.c.id).where(datasets.c.blob.like(UPLOADED))
    op.execute(jobs.update().where(jobs.c.dataset_id.in_(uploaded)).values(dataset_id=None))
    op.execute(datasets.delete().where(datasets.c.blob.like(UPLOADED)))
