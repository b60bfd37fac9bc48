"""Following a job: each row of its history once and in order, as soon as it is written.

By server-sent events where the service has them and has room for one more; else by asking for the
history again and again. A connection that breaks is opened again, from the last row on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeAlias

from descentd_client.answers import checked
from descentd_client.asking import Core, path
from descentd_client.errors import UnexpectedAnswerError, UnreachableError
from descentd_client.events import Event, EventParser
from descentd_client.history import read
from descentd_client.jobs import show
from descentd_client.retries import REFUSED, Retries, opened
from descentd_client.types import AT_REST, HistoryRow, JobShown
from descentd_client.wire import Broken, Effect, Emit, Pause, Read, Request, Stream

Telling: TypeAlias = Generator[Effect | Emit[HistoryRow], Any, bool]

POLL_SECONDS = 0.5
EVENT_STREAM = "text/event-stream"
# What a service without this route answers, or one that has no room; what the job itself lacks,
# the history tells.
WITHOUT_EVENTS = frozenset({404, 405, 406, 501}) | REFUSED
# The service sends something well within this time, if only a comment.
SILENT_SECONDS = 60.0


@dataclass(slots=True)
class _Track:
    """Where in the history the caller is: ``last`` is the last epoch it has, -1 before any."""

    core: Core
    job_id: str
    last: int

    def row(self, row: HistoryRow) -> Stream[HistoryRow]:
        """Hand on a row that came by itself: not one that came before, nor one past a gap."""
        if row["epoch"] > self.last + 1:
            yield from self.missing(row["epoch"])
        if row["epoch"] > self.last:
            self.last = row["epoch"]
            yield Emit(row)

    def missing(self, before: int | None = None) -> Stream[HistoryRow]:
        """Hand on what the history has, after the last row and before an epoch."""
        after = None if self.last < 0 else self.last
        rows = yield from read(self.core, self.job_id, after, None)
        for row in rows:
            if before is None or row["epoch"] < before:
                self.last = row["epoch"]
                yield Emit(row)


def follow(
    core: Core, job_id: str, after_epoch: int | None, at_end: Callable[[JobShown], None]
) -> Stream[HistoryRow]:
    """The rows after an epoch, until the job is at rest; ``at_end`` is then called with the job."""
    track = _Track(core.on_the_way, job_id, -1 if after_epoch is None else after_epoch)
    has_events = True
    while True:
        if has_events:
            has_events = yield from _by_events(track, core.retries)
        if not has_events:
            yield from _by_asking(track)
        job = yield from show(track.core, job_id)
        if (job["epoch"] or 0) > track.last:
            yield from track.missing()
        if job["status"] in AT_REST:
            at_end(job)
            return


def _by_asking(track: _Track) -> Stream[HistoryRow]:
    while True:
        # Asked before the rows: those of a job at rest are all there.
        job = yield from show(track.core, track.job_id)
        yield from track.missing()
        if job["status"] in AT_REST:
            return
        yield Pause(POLL_SECONDS)


def _by_events(track: _Track, retries: Retries) -> Telling:
    """Hand on rows until the job is at rest; False where the service has no events for us."""
    failures = 0
    while True:
        try:
            answer = yield from opened(_request(track), retries)
        except UnreachableError:
            # Perhaps it is started anew: the job itself is asked for more patiently.
            yield from show(track.core, track.job_id)
            answer = yield from opened(_request(track), retries)
        if answer.status in WITHOUT_EVENTS:
            return False
        if EVENT_STREAM not in checked(answer).headers.get("content-type", ""):
            return False
        parser = EventParser()
        if (yield from _until_a_break(track, parser)):
            return True
        failures = 1 if parser.has_heard else failures + 1
        if failures >= retries.attempts:
            raise UnreachableError(f"the events of {track.job_id} break off before they begin")
        yield Pause(parser.retry_seconds or retries.seconds(failures))


def _request(track: _Track) -> Request:
    headers = {"Accept": EVENT_STREAM}
    if track.last >= 0:
        headers["Last-Event-ID"] = str(track.last)
    place = path("jobs", track.job_id, "events")
    return Request("GET", place, headers=headers, patience=SILENT_SECONDS)


def _until_a_break(track: _Track, parser: EventParser) -> Telling:
    """Hand on rows until the job is at rest, or else, and then False, the connection ends."""
    while True:
        try:
            piece: bytes | None = yield Read()
        except Broken:
            return False
        if piece is None:
            return False
        for event in parser.feed(piece):
            if event.kind == "epoch":
                yield from track.row(_json(event))
            elif event.kind == "status" and _json(event)["status"] in AT_REST:
                return True


def _json(event: Event) -> Any:
    try:
        return json.loads(event.data)
    except ValueError as error:
        raise UnexpectedAnswerError(f"an event holds no JSON: {event.data[:200]}") from error
