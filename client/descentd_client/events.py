"""Server-sent events: from bytes, however they are cut, to events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Event:
    """One event; its ``kind`` is what stands after ``event:``, or ``message``."""

    kind: str
    data: str


class EventParser:
    """Reads a stream as the HTML standard says ("event stream interpretation").

    ``retry_seconds`` is how long the server wants to be left alone after a break, if it said so;
    ``has_heard`` says whether anything came at all. Ids are not kept here: the data of our events
    hold the epoch.
    """

    def __init__(self) -> None:
        self.retry_seconds: float | None = None
        self.has_heard = False
        self._rest = b""
        self._kind = ""
        self._data: list[str] = []

    def feed(self, piece: bytes) -> Iterator[Event]:
        """The events that this piece completes."""
        self.has_heard = self.has_heard or bool(piece)
        *lines, self._rest = self._split(self._rest + piece)
        for line in lines:
            event = self._take(line.decode(errors="replace"))
            if event is not None:
                yield event

    @staticmethod
    def _split(text: bytes) -> list[bytes]:
        # A CR at the end may be half of a CR LF: it waits for what follows.
        waiting = text.endswith(b"\r")
        lines = LINE_END.split(text[:-1] if waiting else text)
        if waiting:
            lines[-1] += b"\r"
        return lines

    def _take(self, line: str) -> Event | None:
        if not line:
            return self._dispatched()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._kind = value
        elif name == "data":
            self._data.append(value)
        elif name == "retry" and value.isdecimal():
            self.retry_seconds = int(value) / 1000
        return None

    def _dispatched(self) -> Event | None:
        kind, data = self._kind or "message", self._data
        self._kind, self._data = "", []
        return Event(kind, "\n".join(data)) if data else None
