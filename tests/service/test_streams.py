"""Streams of events, on both databases; what happens to the job happens while one is read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from sqlalchemy.exc import OperationalError

from service import actions, claims, history, jobs, leases
from service.database.sessions import Sessions
from service.notifier import Notifier
from service.streams import EVENTS_AT_ONCE, HEARTBEAT, Streams

TENANT = "default"
Event = tuple[str, Any]


@pytest.fixture
def notifier(sessions: Sessions) -> Iterator[Notifier]:
    def look(job_ids: Any) -> Any:
        with sessions.reading() as session:
            return jobs.marks(session, job_ids)

    made = Notifier(look, interval_seconds=0.002)
    yield made
    made.close()


@pytest.fixture
def follow(sessions: Sessions, notifier: Notifier) -> Callable[..., Iterator[Event]]:
    """Opens a stream of a job; gives its events, an epoch's by its number."""
    streams = Streams(sessions, notifier, heartbeat_seconds=0.02)

    def events(job_id: str, last_epoch: int | None = None) -> Iterator[Event]:
        with sessions.reading() as session:
            mark = jobs.mark_of(jobs.get(session, TENANT, job_id))
        for piece in streams.follow(job_id, mark, last_epoch):
            yield from parsed(piece)

    return events


def parsed(piece: bytes) -> Iterator[Event]:
    if piece == HEARTBEAT:
        yield "heartbeat", None
        return
    assert piece.endswith(b"\n\n")
    for block in piece[:-2].split(b"\n\n"):
        fields = dict(line.split(b": ", 1) for line in block.split(b"\n"))
        data = orjson.loads(fields[b"data"])
        name = fields[b"event"].decode()
        if name == "epoch":
            assert int(fields[b"id"]) == data["epoch"]
            yield name, data["epoch"]
        else:
            assert b"id" not in fields
            yield name, (data["status"], data["attempt"])


def rest(events: Iterator[Event]) -> list[Event]:
    """What is told until the stream ends, heartbeats left out."""
    return [event for event in events if event[0] != "heartbeat"]


def told(events: Iterator[Event], until: Event) -> list[Event]:
    """The same up to this event."""
    found = []
    for event in events:
        if event[0] != "heartbeat":
            found.append(event)
        if event == until:
            return found
    raise AssertionError(f"the stream ended before {until}: {found}")


def epochs(*numbers: int) -> list[Event]:
    return [("epoch", number) for number in numbers]


def test_a_job_is_told_from_the_queue_to_its_end(
    follow: Any, submitted: Any, claimed: Any, write: Any, records: Any, outcome: Any, model: Any
) -> None:
    job_id = submitted().id
    events = follow(job_id)
    assert next(events) == ("status", ("queued", 0))
    claim = claimed()
    assert told(events, ("status", ("running", 1))) == [("status", ("running", 1))]
    write(claims.record, claim, records(range(2)))
    assert told(events, ("epoch", 1)) == epochs(0, 1)
    write(claims.record, claim, records(range(2, 5)))
    write(claims.finish, claim, outcome, model)
    assert rest(events) == [*epochs(2, 3, 4), ("status", ("succeeded", 1))]


def test_an_epoch_event_is_a_row_of_the_history(
    sessions: Sessions, notifier: Notifier, submitted: Any, claimed: Any, write: Any, records: Any
) -> None:
    job = submitted()
    write(claims.record, claimed(), records(range(1), cost=float("nan")))
    mark = jobs.Mark(job.status, 0, epoch=0)
    first = next(Streams(sessions, notifier, 1).follow(job.id, mark, None))
    data = first.partition(b"data: ")[2]
    row = orjson.loads(data)
    assert list(row) == list(history.COLUMNS)
    assert (row["epoch"], row["cost"], row["accepted"]) == (0, None, True)


def test_a_crash_and_its_next_attempt_neither_double_nor_lose_an_epoch(
    follow: Any, submitted: Any, claimed: Any, write: Any, records: Any, outcome: Any, model: Any
) -> None:
    job_id = submitted().id
    events = follow(job_id)
    claim = claimed()
    write(claims.record, claim, records(range(4)))
    told(events, ("epoch", 3))
    (pulse,) = write(leases.pulses)
    assert write(leases.take_back, pulse)
    again = claimed()
    # The attempt starts over, and hands in the epochs anew that were recorded
    write(claims.record, again, records(range(6)))
    write(claims.finish, again, outcome, model)
    later = rest(events)
    assert [event for event in later if event[0] == "epoch"] == epochs(4, 5)
    assert later[-1] == ("status", ("succeeded", 2))


def test_a_stream_is_resumed_after_the_last_epoch_that_came(
    follow: Any, submitted: Any, claimed: Any, write: Any, records: Any, outcome: Any, model: Any
) -> None:
    job_id = submitted().id
    claim = claimed()
    write(claims.record, claim, records(range(5)))
    assert told(follow(job_id, 2), ("epoch", 4)) == epochs(3, 4)
    assert next(follow(job_id, 4)) == ("status", ("running", 1))
    write(claims.finish, claim, outcome, model)
    assert list(follow(job_id, 4)) == [("status", ("succeeded", 1))]
    assert list(follow(job_id, 99)) == [("status", ("succeeded", 1))]


def test_the_stream_of_a_paused_job_waits_and_goes_on(
    follow: Any, submitted: Any, claimed: Any, write: Any, records: Any
) -> None:
    job_id = submitted().id
    events = follow(job_id)
    write(claims.record, claimed(), records(range(2)))
    told(events, ("epoch", 1))
    write(actions.pause, TENANT, job_id)
    told(events, ("status", ("paused", 1)))
    assert [next(events) for _ in range(3)] == [("heartbeat", None)] * 3
    write(actions.resume, TENANT, job_id)
    told(events, ("status", ("queued", 1)))
    write(claims.record, claimed(), records(range(3)))
    assert told(events, ("epoch", 2))[-1] == ("epoch", 2)
    write(actions.cancel, TENANT, job_id)
    assert rest(events)[-1] == ("status", ("cancelled", 2))


def test_a_long_history_is_told_in_pieces_to_the_last_row(
    follow: Any, submitted: Any, claimed: Any, write: Any, records: Any
) -> None:
    job_id = submitted().id
    count = 2 * EVENTS_AT_ONCE + 7
    write(claims.record, claimed(), records(range(count)))
    write(actions.cancel, TENANT, job_id)
    assert list(follow(job_id)) == [*epochs(*range(count)), ("status", ("cancelled", 1))]


def test_the_stream_of_a_job_that_is_deleted_ends(
    follow: Any, submitted: Any, claimed: Any, write: Any, records: Any
) -> None:
    job_id = submitted().id
    events = follow(job_id)
    assert next(events) == ("status", ("queued", 0))
    write(delete_at_once, job_id)
    assert rest(events) == []


def delete_at_once(session: Any, job_id: str) -> None:
    actions.cancel(session, TENANT, job_id)
    actions.delete(session, TENANT, job_id)


def test_streams_end_when_the_service_stops(
    follow: Any, notifier: Notifier, submitted: Any
) -> None:
    events = follow(submitted().id)
    next(events)
    closing = threading.Timer(0.01, notifier.close)
    closing.start()
    assert rest(events) == []
    closing.join()


def test_a_stream_ends_without_a_word_where_the_database_fails(
    sessions: Sessions, notifier: Notifier, submitted: Any, claimed: Any, write: Any, records: Any
) -> None:
    job = submitted()
    write(claims.record, claimed(), records(range(2)))

    class Away:
        def reading(self) -> Any:
            raise OperationalError("SELECT", {}, Exception("away"))

    mark = jobs.Mark(job.status, 0, epoch=1)
    away: Any = Away()
    assert list(Streams(away, notifier, 1).follow(job.id, mark, None)) == []


class CountingSessions:
    """Tells how often rows were read: not by the notifier."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self.reads = 0

    def reading(self) -> Any:
        self.reads += 1
        return self._sessions.reading()


def test_streams_that_are_equally_far_share_what_they_read(
    sessions: Sessions, notifier: Notifier, submitted: Any, claimed: Any, write: Any, records: Any
) -> None:
    job = submitted()
    write(claims.record, claimed(), records(range(5)))
    write(actions.cancel, TENANT, job.id)
    counting: Any = CountingSessions(sessions)
    streams = Streams(counting, notifier, 1)
    mark = jobs.Mark(actions.CANCEL.target, 0, epoch=4)
    told_to = {b"".join(streams.follow(job.id, mark, None)) for _ in range(20)}
    assert (len(told_to), counting.reads) == (1, 1)
