"""Browsers that have shown a key: from then on a cookie stands for it, until it expires."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service import auth
from service.auth import Caller
from service.database.tables import ApiKey, SignIn
from service.database.types import now
from service.errors import Unauthorized

TOKEN_BYTES = 32


def sign_in(session: Session, token: str, lasting: timedelta) -> tuple[Caller, str, datetime]:
    """Who shows this API key, a cookie that stands for it, and until when it does.

    That is no longer than the key itself. Raises Unauthorized.
    """
    key = auth.key_of(session, token)
    expires_at = min(now() + lasting, key.expires_at or datetime.max.replace(tzinfo=now().tzinfo))
    cookie = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        SignIn(
            sha256=auth.sha256(cookie),
            tenant_id=key.tenant_id,
            key_id=key.id,
            expires_at=expires_at,
        )
    )
    session.execute(delete(SignIn).where(SignIn.expires_at <= now()))
    return auth.caller_by(key), cookie, expires_at


def caller_of(session: Session, cookie: str) -> Caller:
    """Who is signed in by this cookie, as far as the key still stands; raises Unauthorized."""
    chosen = select(ApiKey).join(SignIn, SignIn.key_id == ApiKey.id)
    alive = chosen.where(SignIn.sha256 == auth.sha256(cookie), SignIn.expires_at > now())
    key = session.scalar(alive)
    if key is None:
        raise Unauthorized("You are not signed in any more.")
    return auth.caller_by(auth.standing(key))


def sign_out(session: Session, cookie: str) -> None:
    """Let the cookie stand for nothing from now on."""
    session.execute(delete(SignIn).where(SignIn.sha256 == auth.sha256(cookie)))


def csrf_token(cookie: str) -> str:
    """What a page of this service sends with whatever it changes.

    Another site can have the cookie sent, but cannot read it; nor this, which is made of it.
    """
    return hmac.new(cookie.encode(), b"csrf", hashlib.sha256).hexdigest()


def is_csrf_token(cookie: str, given: str) -> bool:
    return hmac.compare_digest(csrf_token(cookie).encode(), given.encode())
