"""The paths of jobs that have ended, and pictures of the cost around their models."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.String(64)


def upgrade() -> None:
    op.create_table(
        "paths",
        sa.Column("job_id", TEXT, nullable=False),
        sa.Column("tenant_id", TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_paths"),
        *_owners("paths"),
    )
    op.create_table(
        "surfaces",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("job_id", TEXT, nullable=False),
        sa.Column("tenant_id", TEXT, nullable=False),
        sa.Column("directions", sa.String(16), nullable=False),
        sa.Column("resolution", sa.Integer(), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("token", TEXT),
        sa.Column("taken_at", TIME),
        sa.Column("epoch", sa.Integer()),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("error_code", TEXT),
        sa.Column("error_message", sa.Text()),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_surfaces"),
        sa.UniqueConstraint(
            "job_id", "directions", "resolution", name="uq_surfaces_job_id_directions_resolution"
        ),
        *_owners("surfaces"),
    )
    op.create_index("ix_surfaces_is_wanted_id", "surfaces", ["is_wanted", "id"])


def _owners(table: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=f"fk_{table}_job_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=f"fk_{table}_tenant_id"),
    )


def downgrade() -> None:
    op.drop_table("surfaces")
    op.drop_table("paths")
