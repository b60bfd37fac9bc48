"""Who may: tenants and their API keys. A key is shown once; only its hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.database.inserts import insert_if_new
from service.database.tables import ApiKey, Tenant
from service.database.types import now
from service.errors import NotFound, Unauthorized
from service.ids import new_id

DEFAULT_TENANT = "default"
MARK = "dsk_"  # lets scanners of leaked secrets know one
PREFIX_LENGTH = len(MARK) + 8
TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
TOKEN = re.compile(rf"{MARK}[A-Za-z0-9_-]{{43}}")


def ensure_tenant(session: Session, tenant_id: str) -> None:
    """Make the tenant unless it is there; ValueError for a name that cannot be one."""
    if not TENANT.fullmatch(tenant_id):
        raise ValueError(f"a tenant's name is small letters, digits, - and _, not {tenant_id!r}")
    insert_if_new(session, Tenant, tenant_id=tenant_id)


def create_key(session: Session, tenant_id: str, name: str = "") -> tuple[ApiKey, str]:
    """A new key of an existing tenant, and its token, which cannot be had again."""
    token = MARK + secrets.token_urlsafe(32)
    key = ApiKey(
        id=new_id("key"),
        tenant_id=tenant_id,
        name=name,
        prefix=token[:PREFIX_LENGTH],
        sha256=_sha256(token),
    )
    session.add(key)
    session.flush()
    return key, token


def tenant_of(session: Session, token: str) -> str:
    """The tenant whose key this is; raises Unauthorized."""
    if TOKEN.fullmatch(token):
        digest = _sha256(token)
        alike = select(ApiKey).where(ApiKey.prefix == token[:PREFIX_LENGTH])
        for key in session.scalars(alike.where(ApiKey.revoked_at.is_(None))):
            if hmac.compare_digest(key.sha256, digest):
                return key.tenant_id
    raise Unauthorized("This API key is not known.")


def keys_of(session: Session, tenant_id: str) -> Sequence[ApiKey]:
    """The tenant's keys, revoked ones too, oldest first."""
    mine = select(ApiKey).where(ApiKey.tenant_id == tenant_id)
    return session.scalars(mine.order_by(ApiKey.id)).all()


def revoke(session: Session, tenant_id: str, key_id: str) -> None:
    """Let the key open nothing from now on; raises NotFound."""
    mine = update(ApiKey).where(ApiKey.id == key_id, ApiKey.tenant_id == tenant_id)
    standing = mine.where(ApiKey.revoked_at.is_(None)).values(revoked_at=now())
    if session.execute(standing.returning(ApiKey.id)).one_or_none() is None:
        raise NotFound("key", key_id)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
