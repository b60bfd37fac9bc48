"""Datasets to validate on; why what a spec left open was filled as it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("validation_dataset", sa.String(64)))
    op.create_index("ix_jobs_validation_dataset", "jobs", ["validation_dataset"])
    op.add_column("jobs", sa.Column("spec_reasons", sa.JSON()))


def downgrade() -> None:
    op.drop_column("jobs", "spec_reasons")
    op.drop_index("ix_jobs_validation_dataset", "jobs")
    op.drop_column("jobs", "validation_dataset")
