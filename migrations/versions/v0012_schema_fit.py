"""Which code a schema fits, for code that does not know it yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
oldest_code = "0011"


def upgrade() -> None:
    op.create_table(
        "schema_fit",
        sa.Column("revision", sa.String(32), nullable=False),
        sa.Column("oldest_code", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_schema_fit"),
    )


def downgrade() -> None:
    op.drop_table("schema_fit")
