"""Looks at every part a service needs, and says what to do where one is not well."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service import presence
from service.blobs import open_blobs
from service.config import Config
from service.database.revisions import schema_state
from service.database.sessions import Sessions
from service.database.types import now
from service.queue import Sender

OK, WARNING, FAULT = "ok", "warning", "fault"
MOST_SKEW_SECONDS = 5.0
OLDEST_POSTGRES = 140000
LITTLE_ROOM_BYTES = 1024**3
NO_ROOM_BYTES = 100 * 1024**2
TRACKING_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part is; `advice` says what to do, and is empty where all is well."""

    part: str
    state: str
    detail: str
    advice: str = ""


def examine(config: Config) -> Iterator[Finding]:
    """Look at one part after the other; what a check raises is its finding."""
    with closing(Sessions.of(config)) as sessions:
        database = _checked("database", lambda: _database(sessions))
        yield database
        fits = False
        if database.state != FAULT:
            migrations = _checked("migrations", lambda: _migrations(sessions))
            fits = migrations.state != FAULT
            yield migrations
            yield _checked("clock", lambda: _clock(sessions))
        yield _checked("broker", lambda: _broker(config))
        yield _checked("store", lambda: _store(config))
        yield _checked("disk", lambda: room(shutil.disk_usage(config.data_dir).free))
        if fits:  # on any other schema no worker does anything
            yield _checked("workers", lambda: _workers(sessions))
        if config.mlflow_url.startswith("http"):
            yield _checked("mlflow", lambda: _mlflow(config.mlflow_url))


ADVICE = {
    "database": "Start it, or correct DESCENTD_DATABASE_URL; the user needs its own schema.",
    "migrations": "Run `descentd migrate`, by this version.",
    "clock": "Let NTP set the clock of both machines.",
    "broker": "Start it, or correct DESCENTD_BROKER_URL. Jobs are kept meanwhile, and wait.",
    "store": "Look at DESCENTD_BLOBS_URL, its credentials, and who owns the data directory.",
    "disk": "Make room where the data directory is, or set DESCENTD_RETENTION_DAYS.",
    "mlflow": "Start it, or correct DESCENTD_MLFLOW_URL. No job waits for it; runs come later.",
    "workers": "Run `descentd worker`: it reports within seconds.",
}


def _checked(part: str, check: Callable[[], tuple[str, str]]) -> Finding:
    try:
        state, detail = check()
    except SQLAlchemyError as error:
        state, detail = FAULT, f"it answers: {getattr(error, 'orig', None) or error}"
    except Exception as error:  # each library has exceptions of its own
        state, detail = FAULT, f"{type(error).__name__}: {error}"
    return Finding(part, state, detail.strip(), "" if state == OK else ADVICE[part])


def _database(sessions: Sessions) -> tuple[str, str]:
    with sessions.writing() as session:
        dialect = session.get_bind().dialect
        if dialect.name == "sqlite":
            return OK, f"SQLite {session.scalar(text('SELECT sqlite_version()'))}"
        number = int(str(session.scalar(text("SHOW server_version_num"))))
        found = f"Postgres {session.scalar(text('SHOW server_version'))}"
        return (OK, found) if number >= OLDEST_POSTGRES else (WARNING, f"{found} is older than 14")


def _migrations(sessions: Sessions) -> tuple[str, str]:
    with sessions.reading() as session:
        state = schema_state(session)
    return (OK, f"at {state.applied}") if state.fits else (FAULT, state.fault)


def _clock(sessions: Sessions) -> tuple[str, str]:
    with sessions.reading() as session:
        before = now()
        theirs = _time_of(session)
        after = now()
    return skew((theirs - before).total_seconds(), (theirs - after).total_seconds())


def skew(since_asked: float, since_answered: float) -> tuple[str, str]:
    """Judge a clock that was ahead by the first when asked, and by the second when it answered."""
    least = 0.0 if since_answered <= 0 <= since_asked else min(since_asked, since_answered, key=abs)
    ahead = f"the database's clock differs by {abs(least):.1f} s"
    return (OK if abs(least) <= MOST_SKEW_SECONDS else WARNING), ahead


def _time_of(session: Session) -> datetime:
    if session.get_bind().dialect.name == "sqlite":
        seconds = session.scalar(text("SELECT (julianday('now') - 2440587.5) * 86400.0"))
        return datetime.fromtimestamp(float(seconds or 0.0), UTC)
    found = session.scalar(text("SELECT clock_timestamp()"))
    assert isinstance(found, datetime)
    return found


def _broker(config: Config) -> tuple[str, str]:
    with closing(Sender(config)) as sender:
        waiting = sender.waiting()
    return OK, f"wake-ups that wait: {waiting}"


def _store(config: Config) -> tuple[str, str]:
    blobs, content = open_blobs(config), secrets.token_bytes(64)
    name = f"doctor/{secrets.token_hex(8)}"
    blobs.put(name, content)
    try:
        with blobs.open(name) as stored:
            found = stored.read()
    finally:
        blobs.delete(name)
    if found != content:
        return FAULT, "it gave back other bytes than it was given"
    return OK, "bytes were written, read and deleted"


def _mlflow(url: str) -> tuple[str, str]:
    """Whether anything answers there: what it says depends on who asks, which MLflow settles."""
    try:
        answer = httpx.get(url, timeout=TRACKING_SECONDS)
    except httpx.HTTPError as error:
        return WARNING, f"it does not answer: {error}"
    state = WARNING if answer.is_server_error else OK
    return state, f"it answers {answer.status_code}"


def room(free_bytes: int) -> tuple[str, str]:
    """Judge the room that is left."""
    state = FAULT if free_bytes < NO_ROOM_BYTES else WARNING
    shown = f"{free_bytes / 1024**3:.1f} GiB are free"
    return (OK if free_bytes >= LITTLE_ROOM_BYTES else state), shown


def _workers(sessions: Sessions) -> tuple[str, str]:
    with sessions.reading() as session:
        here = presence.seen_lately(session).get(presence.WORKER, 0)
        last = presence.last_seen(session, presence.WORKER)
    if here:
        return OK, f"processes that reported lately: {here}"
    return WARNING, f"none reported lately, the last at {last:%Y-%m-%d %H:%M:%S} UTC" if last else (
        "none has ever reported"
    )
