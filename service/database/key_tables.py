"""The tables of those who may: keys, and browsers that have shown one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.database.base import Base, tenant_column
from service.database.types import now
from service.scopes import Scope

SCOPE = Enum(
    Scope,
    native_enum=False,  # a new scope must not need ALTER TYPE
    create_constraint=False,
    length=16,
    values_callable=lambda scopes: [scope.value for scope in scopes],
)


class ApiKey(Base):
    """A tenant's key: enough to recognise it, nothing to read it back from."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = tenant_column(index=True)
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(16), index=True)
    sha256: Mapped[str]
    scope: Mapped[Scope] = mapped_column(SCOPE, server_default=Scope.WRITE.value)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignIn(Base):
    """A browser that showed a key, and is known by a cookie since; of that, only the hash."""

    __tablename__ = "sign_ins"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = tenant_column()
    key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
