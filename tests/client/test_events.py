"""Server-sent events, read as the HTML standard says, wherever the network cuts them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from descentd_client.events import Event, EventParser

LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def events(*pieces: bytes) -> list[Event]:
    parser = EventParser()
    return [event for piece in pieces for event in parser.feed(piece)]


def test_kind_and_data_are_read_and_the_rest_is_left() -> None:
    text = b": a comment\nid: 7\nevent: epoch\ndata: {}\nunknown: 1\n\ndata: alone\n\n"
    assert events(text) == [Event("epoch", "{}"), Event("message", "alone")]


def test_several_lines_of_data_are_one_text_with_one_space_taken_off_each() -> None:
    assert events(b"data:  a\ndata:b\ndata\n\n") == [Event("message", " a\nb\n")]


def test_an_event_without_data_or_without_its_end_is_none() -> None:
    assert events(b"event: epoch\n\nevent: epoch\ndata: {}\n") == []


@pytest.mark.parametrize(("line", "seconds"), [(b"retry: 1500", 1.5), (b"retry: soon", None)])
def test_how_long_to_wait_after_a_break_is_read(line: bytes, seconds: float | None) -> None:
    parser = EventParser()
    assert not parser.has_heard
    assert list(parser.feed(line + b"\n\n")) == []
    assert parser.retry_seconds == seconds
    assert parser.has_heard


def test_what_other_readers_take_for_a_line_end_is_none() -> None:
    text = "data: a\x0b\x0c\x1c\x85\u2028b\n\n"
    assert events(text.encode()) == [Event("message", "a\x0b\x0c\x1c\x85\u2028b")]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["epoch", "status"]), st.text("aé☃: ", min_size=1))),
    LINE_ENDS,
    st.data(),
)
def test_wherever_it_is_cut_the_same_events_come_out(
    told: list[tuple[str, str]], end: str, data: st.DataObject
) -> None:
    text = "".join(f"event: {kind}{end}data: {text}{end}{end}" for kind, text in told).encode()
    # Only what follows it says whether a CR was the whole of a line end.
    text += b": the end\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)))))
    pieces = [text[i:j] for i, j in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert events(*pieces) == [Event(kind, text) for kind, text in told]
