"""Connections to Postgres that have died, noticed without a question to the server."""

from __future__ import annotations

import select
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError


def watch(engine: Engine) -> None:
    """Have each connection looked at as it leaves the pool; a dead one is replaced, unseen.

    SQLAlchemy's own `pool_pre_ping` asks the server, which costs every request a round trip. A
    server that goes says so, and keepalives of a few seconds speak for one that cannot: either
    way there is something to read where nothing was asked.
    """
    event.listen(engine, "checkout", _refuse_dead)


def _refuse_dead(connection: Any, _record: object, _proxy: object) -> None:
    if connection.closed or _has_something_to_read(connection.fileno()):
        raise DisconnectionError("the server has closed this connection")


def _has_something_to_read(descriptor: int) -> bool:
    # Not select: it knows no descriptor beyond 1023, and streams take that many
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
