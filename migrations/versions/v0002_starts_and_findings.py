"""What a job goes on from, and what was found out about it: its learning rate, its diagnosis."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


# By ALTER TABLE on SQLite too: a table that is rebuilt is dropped first, and takes along
# whatever refers to its rows.
def upgrade() -> None:
    op.add_column("jobs", sa.Column("learning_rate_search", sa.JSON()))
    op.add_column("jobs", sa.Column("diagnosis", sa.JSON()))
    op.create_table(
        "job_starts",
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_job_starts"),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name="fk_job_starts_tenant_id"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_job_starts_job_id", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("job_starts")
    op.drop_column("jobs", "diagnosis")
    op.drop_column("jobs", "learning_rate_search")
