"""`descentd keys`: API keys of a tenant."""

from __future__ import annotations

from contextlib import closing

import click

from cli.database import told
from service import auth
from service.config import Config
from service.database.sessions import Sessions


def create(config: Config, tenant: str, name: str) -> str:
    """Make a key for the tenant, and the tenant if need be; return the token to be shown once."""
    with told(), closing(Sessions.of(config)) as sessions, sessions.writing() as session:
        try:
            auth.ensure_tenant(session, tenant)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
        _, token = auth.create_key(session, tenant, name)
        session.commit()
    return token
