"""The digest of the data a job was trained on, which stays when the dataset is gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

datasets = sa.table("datasets", sa.column("id", sa.String), sa.column("sha256", sa.String))
jobs = sa.table("jobs", sa.column("dataset_id", sa.String), sa.column("dataset_sha256", sa.String))


# By ALTER TABLE on SQLite too: a table that is rebuilt is dropped first, and takes along
# whatever refers to its rows.
def upgrade() -> None:
    op.add_column("jobs", sa.Column("dataset_sha256", sa.String(64)))
    kept = sa.select(datasets.c.sha256).where(datasets.c.id == jobs.c.dataset_id)
    op.execute(jobs.update().values(dataset_sha256=kept.scalar_subquery()))


def downgrade() -> None:
    op.drop_column("jobs", "dataset_sha256")
