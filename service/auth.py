"""Who may: tenants and their API keys. A key is shown once; only its hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from service.database.inserts import insert_if_new
from service.database.tables import ApiKey, Tenant
from service.database.types import now
from service.errors import NotFound, Unauthorized
from service.ids import new_id, well_formed
from service.scopes import Scope

DEFAULT_TENANT = "default"
MARK = "dsk_"  # lets scanners of leaked secrets know one
PREFIX_LENGTH = len(MARK) + 8
TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
TOKEN = re.compile(rf"{MARK}[A-Za-z0-9_-]{{43}}")
USE_IS_TOLD_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request it is, and how far it may go; with keys off it shows no key."""

    tenant_id: str
    scope: Scope
    key_id: str | None = None
    expires_at: datetime | None = None


EVERYONE = Caller(DEFAULT_TENANT, Scope.ADMIN)
"""Who asks a service that asks for no keys."""


def ensure_tenant(session: Session, tenant_id: str) -> None:
    """Make the tenant unless it is there; ValueError for a name that cannot be one."""
    if not TENANT.fullmatch(tenant_id):
        raise ValueError(f"a tenant's name is small letters, digits, - and _, not {tenant_id!r}")
    insert_if_new(session, Tenant, tenant_id=tenant_id)


def create_key(
    session: Session,
    tenant_id: str,
    name: str = "",
    scope: Scope = Scope.WRITE,
    days: int | None = None,
) -> tuple[ApiKey, str]:
    """A new key of an existing tenant, good for so many days, and its token.

    The token cannot be had again.
    """
    token = MARK + secrets.token_urlsafe(32)
    created_at = now()
    key = ApiKey(
        id=new_id("key"),
        tenant_id=tenant_id,
        name=name,
        prefix=token[:PREFIX_LENGTH],
        sha256=sha256(token),
        scope=scope,
        created_at=created_at,
        expires_at=None if days is None else created_at + timedelta(days=days),
    )
    session.add(key)
    session.flush()
    return key, token


def key_of(session: Session, token: str) -> ApiKey:
    """The key that this is the token of; raises Unauthorized where it opens nothing."""
    if TOKEN.fullmatch(token):
        digest = sha256(token)
        for key in session.scalars(select(ApiKey).where(ApiKey.prefix == token[:PREFIX_LENGTH])):
            if hmac.compare_digest(key.sha256, digest):
                return standing(key)
    raise Unauthorized("This API key is not known.")


def standing(key: ApiKey) -> ApiKey:
    """The same key; raises Unauthorized where it was revoked or has expired."""
    if key.revoked_at is not None:
        raise Unauthorized("This API key was revoked.")
    if key.expires_at is not None and key.expires_at <= now():
        raise Unauthorized("This API key has expired.")
    return key


def caller_of(session: Session, token: str) -> Caller:
    """Who shows this token; raises Unauthorized."""
    return caller_by(key_of(session, token))


def caller_by(key: ApiKey) -> Caller:
    return Caller(key.tenant_id, key.scope, key.id, key.expires_at)


def keys_of(session: Session, tenant_id: str) -> Sequence[ApiKey]:
    """The tenant's keys, revoked ones too, oldest first."""
    mine = select(ApiKey).where(ApiKey.tenant_id == tenant_id)
    return session.scalars(mine.order_by(ApiKey.id)).all()


def get(session: Session, tenant_id: str, key_id: str) -> ApiKey:
    """One of the tenant's keys; raises NotFound."""
    key = session.get(ApiKey, key_id) if well_formed("key", key_id) else None
    if key is None or key.tenant_id != tenant_id:
        raise NotFound("key", key_id)
    return key


def revoke(session: Session, tenant_id: str, key_id: str) -> None:
    """Let the key open nothing from now on; raises NotFound."""
    mine = update(ApiKey).where(ApiKey.id == key_id, ApiKey.tenant_id == tenant_id)
    unrevoked = mine.where(ApiKey.revoked_at.is_(None)).values(revoked_at=now())
    if session.execute(unrevoked.returning(ApiKey.id)).one_or_none() is None:
        raise NotFound("key", key_id)


def tell_use(session: Session, key_id: str, at: datetime) -> None:
    """Keep when the key was last used, if that was not told for a minute."""
    is_news = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= at - USE_IS_TOLD_AFTER)
    session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, is_news)
        .values(last_used_at=at)
        .execution_options(synchronize_session=False)
    )


def sha256(token: str) -> str:
    """What is kept of a secret. It is random and long, so that its hash gives nothing away."""
    return hashlib.sha256(token.encode()).hexdigest()
