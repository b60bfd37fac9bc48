"""What all tables share: names of keys and indexes, types, owners."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Double,
    Enum,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service.database.types import UTCDateTime
from service.states import JobStatus

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
}
Json = JSON(none_as_null=True)
Status = Enum(
    JobStatus,
    native_enum=False,  # a new state must not need ALTER TYPE
    create_constraint=False,
    length=16,
    values_callable=lambda statuses: [status.value for status in statuses],
)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own declaration
        str: String(64),
        int: Integer(),
        float: Double(),
        bool: Boolean(),
        datetime: UTCDateTime(),
        bytes: LargeBinary(),
        dict[str, Any]: Json,
        list[Any]: Json,
        JobStatus: Status,
    }


def tenant_column(**options: Any) -> Mapped[str]:
    return mapped_column(ForeignKey("tenants.tenant_id"), **options)


def job_column(**options: Any) -> Mapped[str]:
    return mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), **options)
