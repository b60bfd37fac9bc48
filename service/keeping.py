"""What is kept of a tenant's datasets: the same bytes once, however often they are sent.

A blob gets a name that was never used. Another dataset comes to name it only by way of a dataset
that names it already, whose row is held meanwhile: so what no row names will never be named again,
and may be removed. Nothing here commits.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from service.blobs import Blobs
from service.database.tables import Dataset
from service.ids import new_id

UPLOADS = "uploads"
COLUMNS = "columns"


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes as they were sent, their columns beside them, and what is told of both."""

    media_type: str
    encoding: str | None
    sha256: str
    size_bytes: int
    blob: str
    stored_blob: str | None
    stored_bytes: int
    rows: int
    columns: list[Any]

    @property
    def blobs(self) -> tuple[str, ...]:
        return tuple(name for name in (self.blob, self.stored_blob) if name is not None)


# Made once: to put it together takes as long as to ask
_KNOWN = (
    select(*(getattr(Dataset, field.name) for field in fields(Content)))
    .where(
        Dataset.tenant_id == bindparam("tenant_id"),
        Dataset.sha256 == bindparam("sha256"),
        Dataset.media_type == bindparam("media_type"),
    )
    .order_by(Dataset.id)
    .limit(1)
    .with_for_update(read=True, key_share=True)
)


def known(session: Session, tenant_id: str, sha256: str, media_type: str) -> Content | None:
    """The content with these bytes, if the tenant keeps it; it then stays until the commit."""
    asked = {"tenant_id": tenant_id, "sha256": sha256, "media_type": media_type}
    row = session.execute(_KNOWN, asked).one_or_none()
    return None if row is None else Content(*row)


def put(blobs: Blobs, sent: Path, stored: Path) -> dict[str, Any]:
    """Keep the files, before the transaction that names them; returns their part of a content.

    Where the one cannot be kept, the other is not either.
    """
    token = secrets.token_hex(16)
    stored_bytes = stored.stat().st_size
    names = {"blob": f"{UPLOADS}/{token}", "stored_blob": f"{COLUMNS}/{token}"}
    blobs.put_file(names["blob"], sent)
    try:
        blobs.put_file(names["stored_blob"], stored)
    except BaseException:
        blobs.delete(names["blob"])
        raise
    return {**names, "stored_bytes": stored_bytes}


def add(
    session: Session,
    tenant_id: str,
    content: Content,
    *,
    name: str | None = None,
    targets: Sequence[str] | None = None,
    dataset_id: str | None = None,
) -> Dataset:
    """Add a dataset of the content. `targets` go before those the data have of themselves."""
    dataset = Dataset(
        id=dataset_id or new_id("ds"),
        tenant_id=tenant_id,
        name=name,
        targets=list(targets) if targets else None,
        **{field.name: getattr(content, field.name) for field in fields(content)},
    )
    session.add(dataset)
    session.flush()
    return dataset


def taken_bytes(session: Session, tenant_id: str) -> int:
    """How many bytes the tenant's datasets take, each blob once."""
    size = func.max(Dataset.size_bytes + Dataset.stored_bytes).label("size")
    each = select(size).where(Dataset.tenant_id == tenant_id).group_by(Dataset.blob).subquery()
    return session.scalar(select(func.coalesce(func.sum(each.c.size), 0))) or 0
