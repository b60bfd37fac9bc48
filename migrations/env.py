"""Alembic's entrance: runs the migrations on the connection it was handed, or on the
database that the environment names."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection

from service.blobs import open_blobs
from service.config import Config
from service.database.engines import make_engine
from service.database.revisions import declare
from service.database.tables import METADATA


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _run_on(connection)
        return
    config = Config.from_environment(os.environ)
    context.config.attributes["blobs"] = open_blobs(config)
    with make_engine(config).begin() as own_connection:
        _run_on(own_connection)


def _run_on(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
        declare(connection)


run()
