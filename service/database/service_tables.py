"""What the service keeps of itself. It serves every tenant, and belongs to none."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from service.database.base import Base
from service.database.types import now


class ServiceProcess(Base):
    """One process of the service: when it last reported, and what it counted since it began."""

    __tablename__ = "service_processes"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    version: Mapped[str]
    counts: Mapped[dict[str, Any]]
    started_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)


class SchemaFit(Base):
    """One row: the revision the database is at, and the newest revision that the oldest code
    knows which still works on it.
    """

    __tablename__ = "schema_fit"

    revision: Mapped[str] = mapped_column(String(32), primary_key=True)
    oldest_code: Mapped[str] = mapped_column(String(32))
