"""The rows of a history that stand out, marked, so that a long one is drawn from a few."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


# Of the rows there are, each may be one: too many marks cost time, too few would lose a peak.
def upgrade() -> None:
    op.add_column(
        "epochs", sa.Column("is_extreme", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.create_index(
        "ix_epochs_extremes",
        "epochs",
        ["job_id", "epoch"],
        postgresql_where=sa.text("is_extreme"),
        sqlite_where=sa.text("is_extreme = 1"),
    )


def downgrade() -> None:
    op.drop_index("ix_epochs_extremes", "epochs")
    op.drop_column("epochs", "is_extreme")
