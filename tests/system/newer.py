"""The next version of the code, made of this one: it brings a migration, and needs it."""

from __future__ import annotations

import shutil
from pathlib import Path

from service.database.revisions import OLDEST_REVISION, Revisions
from service.version import VERSION

from .stack import ROOT

NEXT = "next"
"""Its version, its newest revision, and what it writes into its new column."""

PACKAGES = ("engine", "service", "worker", "cli", "migrations")
MIGRATION = '''"""A column that older code does not know."""

import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{before}"
branch_labels = None
depends_on = None
oldest_code = "{before}"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("written_by", sa.String(32)))


def downgrade() -> None:
    op.drop_column("jobs", "written_by")
'''
COLUMN = f'written_by: Mapped[str | None] = mapped_column(String(32), default="{NEXT}")'


def make(folder: Path) -> Path:
    """Write it into a folder that is not there yet, and give that."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package)
    migration = MIGRATION.format(next=NEXT, before=Revisions.own().known[0])
    (folder / "migrations/versions/v_next.py").write_text(migration, encoding="utf-8")
    table = '    __tablename__ = "jobs"\n'
    _replace(folder / "service/database/tables.py", table, f"{table}    {COLUMN}\n")
    oldest = 'OLDEST_REVISION = "{}"'
    revisions = folder / "service/database/revisions.py"
    _replace(revisions, oldest.format(OLDEST_REVISION), oldest.format(NEXT))
    _replace(folder / "service/version.py", f'"{VERSION}"', f'"{NEXT}"')
    return folder


def _replace(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{before!r} is not once in {path}"
    path.write_text(text.replace(before, after), encoding="utf-8")
