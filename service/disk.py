"""How it shows that a disk is full: the service's own, or its database's."""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
POSTGRES_DISK_FULL = "53100"


def is_full(error: BaseException) -> bool:
    """Whether an error says that there is no room."""
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    if isinstance(error, DBAPIError):
        cause = error.orig
        sqlite_is_full = getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        return sqlite_is_full or getattr(cause, "sqlstate", None) == POSTGRES_DISK_FULL
    return False
