"""What a key may do, until when, and when it was last used; and browsers that are signed in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # A key that is there already could do all there was to do: read and write
    op.add_column(
        "api_keys", sa.Column("scope", sa.String(16), nullable=False, server_default="write")
    )
    op.add_column("api_keys", sa.Column("expires_at", MOMENT))
    op.add_column("api_keys", sa.Column("last_used_at", MOMENT))
    op.create_table(
        "sign_ins",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_sign_ins"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name="fk_sign_ins_tenant_id"),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_keys.id"], ondelete="CASCADE", name="fk_sign_ins_key_id"
        ),
    )
    op.create_index("ix_sign_ins_key_id", "sign_ins", ["key_id"])
    op.create_index("ix_sign_ins_expires_at", "sign_ins", ["expires_at"])


def downgrade() -> None:
    op.drop_table("sign_ins")
    _take_lesser_keys_away()
    for name in ("last_used_at", "expires_at", "scope"):
        op.drop_column("api_keys", name)


def _take_lesser_keys_away() -> None:
    """Remove the keys that older code would let do more than they may, or for longer."""
    keys = sa.table("api_keys", sa.column("scope", sa.String), sa.column("expires_at", MOMENT))
    lesser = sa.or_(keys.c.scope == "read", keys.c.expires_at.is_not(None))
    op.execute(keys.delete().where(lesser))
