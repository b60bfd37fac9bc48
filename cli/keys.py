"""`descentd keys`: API keys of a tenant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime

import click
from sqlalchemy.orm import Session

from cli.database import told
from service import auth
from service.config import Config
from service.database.sessions import Sessions
from service.database.tables import ApiKey
from service.errors import NotFound
from service.scopes import Scope

HEADINGS = ("id", "starts with", "scope", "created", "last used", "expires", "revoked", "name")
NEVER = "–"


def create(config: Config, tenant: str, name: str, scope: Scope, days: int | None) -> str:
    """Make a key for the tenant, and the tenant if need be; return the token to be shown once."""
    with _writing(config) as session:
        try:
            auth.ensure_tenant(session, tenant)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
        _, token = auth.create_key(session, tenant, name, scope, days)
        session.commit()
    return token


def table(config: Config, tenant: str) -> Iterator[str]:
    """The tenant's keys as lines of text, the oldest first."""
    with told(), closing(Sessions.of(config)) as sessions, sessions.reading() as session:
        rows = [HEADINGS, *map(_cells, auth.keys_of(session, tenant))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def revoke(config: Config, tenant: str, key_id: str) -> None:
    """End the key; raises ClickException where the tenant has no such key in use."""
    with _writing(config) as session:
        try:
            auth.revoke(session, tenant, key_id)
        except NotFound as error:
            raise click.ClickException(f"{tenant} has no key {key_id} in use") from error
        session.commit()


@contextmanager
def _writing(config: Config) -> Iterator[Session]:
    with told(), closing(Sessions.of(config)) as sessions, sessions.writing() as session:
        yield session


def _cells(key: ApiKey) -> tuple[str, ...]:
    moments = (key.created_at, key.last_used_at, key.expires_at, key.revoked_at)
    return (key.id, key.prefix, key.scope, *map(_moment, moments), key.name)


def _moment(moment: datetime | None) -> str:
    return NEVER if moment is None else f"{moment:%Y-%m-%d %H:%M}Z"
