"""A job as a stream of server-sent events: each epoch once, in order, and each status."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.exc import SQLAlchemyError

from service import history
from service.database.sessions import Sessions
from service.errors import NotFound
from service.history import COLUMNS
from service.jobs import Mark
from service.notifier import Notifier
from service.schemas.results import StatusShown
from service.sharing import Shared
from service.states import FINISHED

EVENTS_AT_ONCE = 1_000
SHARED_PIECES = 64
HEARTBEAT = b": still here\n\n"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Consecutive epochs of a job, both ends included."""

    job_id: str
    first: int
    last: int


class Streams:
    """Tells jobs as events. Streams of one job that are equally far share what they read."""

    def __init__(self, sessions: Sessions, notifier: Notifier, heartbeat_seconds: float) -> None:
        self._sessions = sessions
        self._notifier = notifier
        self._heartbeat_seconds = heartbeat_seconds
        self._pieces = Shared(self._read, SHARED_PIECES)

    def follow(self, job_id: str, mark: Mark, last_epoch: int | None) -> Iterator[bytes]:
        """The events that follow `last_epoch`, until the job is finished or gone.

        A status is told after the epochs that were written by then, so that the final one is
        last. Between events no session is held. Where the database fails the stream ends, and
        whoever reads it may resume it.
        """
        try:
            yield from self._follow(job_id, mark, -1 if last_epoch is None else last_epoch)
        except NotFound:
            return
        except SQLAlchemyError as error:
            logger.warning("a stream of %s ends early: %s", job_id, error)

    def _follow(self, job_id: str, first_mark: Mark, told_epoch: int) -> Iterator[bytes]:
        mark: Mark | None = first_mark
        told = None
        while mark is not None:
            yield from self._epochs(job_id, told_epoch, mark)
            told_epoch = max(told_epoch, _newest(mark))
            if _standing(mark) != told:
                told = _standing(mark)
                yield _event("status", _status(mark))
            if mark.status in FINISHED:
                return
            mark = yield from self._next(job_id, mark, told_epoch)

    def _epochs(self, job_id: str, told_epoch: int, mark: Mark) -> Iterator[bytes]:
        newest = _newest(mark)
        for first in range(told_epoch + 1, newest + 1, EVENTS_AT_ONCE):
            last = min(newest, first + EVENTS_AT_ONCE - 1)
            yield self._pieces.get(_Piece(job_id, first, last))

    def _read(self, piece: _Piece) -> bytes:
        with self._sessions.reading() as session:
            rows = history.rows(session, piece.job_id, piece.first, piece.last)
        if len(rows) <= piece.last - piece.first:
            raise NotFound("job", piece.job_id)  # deleted meanwhile
        shown = (dict(zip(COLUMNS, row, strict=True)) for row in rows)
        return b"".join(_event("epoch", row, row["epoch"]) for row in shown)

    def _next(
        self, job_id: str, mark: Mark, told_epoch: int
    ) -> Generator[bytes, None, Mark | None]:
        """The mark that tells something new, with heartbeats until then; None at the end."""

        def is_news(found: Mark | None) -> bool:
            if found is None or _newest(found) > told_epoch:
                return True
            return _standing(found) != _standing(mark)

        while not self._notifier.closed:
            seen = self._notifier.wait(job_id, is_news, self._heartbeat_seconds)
            if seen is not None:
                return seen.mark
            yield HEARTBEAT
        return None


def _newest(mark: Mark) -> int:
    return -1 if mark.epoch is None else mark.epoch


def _standing(mark: Mark) -> tuple[str, int]:
    return mark.status, mark.attempt


def _status(mark: Mark) -> StatusShown:
    return {
        "status": mark.status,
        "attempt": mark.attempt,
        "epoch": mark.epoch,
        "stop_reason": mark.stop_reason,
    }


def _event(name: str, data: Any, epoch: int | None = None) -> bytes:
    place = b"" if epoch is None else b"id: %d\n" % epoch
    return b"%sevent: %s\ndata: %s\n\n" % (place, name.encode(), orjson.dumps(data))
