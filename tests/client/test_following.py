"""Each row once and in order, whatever the network and the service do on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from descentd_client import NotFoundError, UnexpectedAnswerError, UnreachableError
from descentd_client.following import follow
from descentd_client.wire import (
    Answer,
    Broken,
    Effect,
    Emit,
    Finished,
    Open,
    Outcome,
    Pause,
    Request,
    Send,
    advance,
)

from .flows import CORE, LOST, REFUSED, answer, problem

STREAM = {"content_type": "text/event-stream"}


def row(epoch: int) -> dict[str, Any]:
    return {"epoch": epoch, "cost": 1 / (epoch + 1)}


def event(kind: str, data: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()


@dataclass
class Service:
    """A service with one job that has ended; how each stream of it goes is told beforehand.

    ``breaks`` has, for each stream but the last, how far back it begins to repeat, how many rows
    it leaves out, and after how many bytes it breaks.
    """

    last: int
    breaks: list[tuple[int, int, int]] = field(default_factory=list)
    has_events: bool = True
    statuses: list[str] = field(default_factory=lambda: ["succeeded"])
    pauses: int = 0
    _pieces: Iterator[bytes | Broken | None] = field(default_factory=lambda: iter(()))

    def do(self, effect: Effect) -> Outcome:
        match effect:
            case Open(request):
                return Outcome(self._opened(request))
            case Send(request):
                return Outcome(self._answered(request))
            case Pause():
                self.pauses += 1
                return Outcome()
        piece = next(self._pieces)
        return Outcome(broken=piece) if isinstance(piece, Broken) else Outcome(piece)

    def _opened(self, request: Request) -> Answer:
        if not self.has_events:
            return problem(404)
        after = int(request.headers.get("Last-Event-ID", -1))
        back, left_out, cut = self.breaks.pop(0) if self.breaks else (0, 0, -1)
        rows = [row(epoch) for epoch in range(max(0, after + 1 - back), self.last + 1)]
        told = b": hello\n\n" + b"".join(event("epoch", each) for each in rows[left_out:])
        told += event("status", {"status": "succeeded"})
        # A broken one never gets as far as the status, by which a client knows that it is over.
        broken = cut >= 0
        self._pieces = iter([told[: min(cut, len(told) - 10)], LOST] if broken else [told, None])
        return answer(200, **STREAM)

    def _answered(self, request: Request) -> Answer:
        if request.path.endswith("/history"):
            after = int(request.query.get("after_epoch", -1))
            epochs = list(range(after + 1, self.last + 1))
            costs = [row(epoch)["cost"] for epoch in epochs]
            return answer(200, {"columns": {"epoch": epochs, "cost": costs}, "has_more": False})
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return answer(200, {"id": "job_1", "status": status, "epoch": self.last})


def followed(service: Service, after: int | None = None) -> tuple[list[Any], list[Any]]:
    """The rows that were handed on, and the jobs that the end was told with."""
    rows: list[Any] = []
    ends: list[Any] = []
    flow, outcome = follow(CORE, "job_1", after, ends.append), Outcome()
    while True:
        wanted = advance(flow, outcome)
        if isinstance(wanted, Finished):
            return rows, ends
        if isinstance(wanted, Emit):
            rows.append(wanted.item)
            outcome = Outcome()
        else:
            outcome = service.do(wanted)


@settings(deadline=None)
@given(
    st.integers(0, 12),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 900)), max_size=6),
    st.none() | st.integers(0, 12),
)
def test_breaks_repeats_and_gaps_never_double_or_lose_a_row(
    last: int, breaks: list[tuple[int, int, int]], after: int | None
) -> None:
    service = Service(last, breaks=[(b, o, c + 1) for b, o, c in breaks])
    rows, ends = followed(service, after)
    assert rows == [row(epoch) for epoch in range(0 if after is None else after + 1, last + 1)]
    assert [end["status"] for end in ends] == ["succeeded"]


@pytest.mark.parametrize("after", [None, 1])
def test_without_events_the_history_is_asked_for_again_and_again(after: int | None) -> None:
    service = Service(3, has_events=False, statuses=["queued", "running", "succeeded"])
    rows, ends = followed(service, after)
    assert [each["epoch"] for each in rows] == list(range(0 if after is None else 2, 4))
    assert service.pauses == 2
    assert len(ends) == 1


def test_rows_that_the_stream_ends_without_are_fetched() -> None:
    class Hasty(Service):
        def _opened(self, _request: Request) -> Answer:
            self._pieces = iter([event("status", {"status": "succeeded"}), None])
            return answer(200, **STREAM)

    assert followed(Hasty(2))[0] == [row(0), row(1), row(2)]


def test_a_pause_that_is_over_already_is_no_end() -> None:
    class Resumed(Service):
        def _opened(self, request: Request) -> Answer:
            super()._opened(request)
            paused = event("status", {"status": "paused"})
            self._pieces = iter([paused, *(piece for piece in self._pieces)])
            return answer(200, **STREAM)

    service = Resumed(1, statuses=["running", "succeeded"])
    assert followed(service)[0] == [row(0), row(1)]


def test_a_stream_that_always_breaks_before_it_begins_is_given_up() -> None:
    service = Service(1, breaks=[(0, 0, 0)] * 99)
    with pytest.raises(UnreachableError, match="job_1"):
        followed(service)
    assert service.pauses == 4


def test_a_service_that_is_started_anew_is_followed_on() -> None:
    class Restarting(Service):
        refusals = 15

        def do(self, effect: Effect) -> Outcome:
            if isinstance(effect, Open | Send) and self.refusals:
                self.refusals -= 1
                return Outcome(broken=REFUSED)
            return super().do(effect)

    service = Restarting(2)
    assert followed(service)[0] == [row(0), row(1), row(2)]
    assert service.refusals == 0


def test_a_service_that_stays_away_is_told() -> None:
    class Gone(Service):
        def do(self, effect: Effect) -> Outcome:
            return super().do(effect) if isinstance(effect, Pause) else Outcome(broken=REFUSED)

    with pytest.raises(UnreachableError):
        followed(Gone(2))


def test_no_room_for_a_stream_leads_to_the_history() -> None:
    class Full(Service):
        def _opened(self, _request: Request) -> Answer:
            return problem(503, retry_after="1")

    assert followed(Full(1))[0] == [row(0), row(1)]


def test_a_job_that_is_not_there_is_told() -> None:
    class Empty(Service):
        def do(self, _effect: Effect) -> Outcome:
            return Outcome(problem(404))

    with pytest.raises(NotFoundError):
        followed(Empty(0))


def test_an_event_that_is_no_json_is_told() -> None:
    class Strange(Service):
        def _opened(self, _request: Request) -> Answer:
            self._pieces = iter([b"event: epoch\ndata: <html>\n\n"])
            return answer(200, **STREAM)

    with pytest.raises(UnexpectedAnswerError, match="<html>"):
        followed(Strange(0))
