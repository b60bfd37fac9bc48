"""Answers as they were sent, kept in memory for the next who asks for the same."""

from __future__ import annotations

from service.lately_used import LatelyUsed


class KeptAnswers:
    """Keeps the bodies asked for last, each by a tag that names what it says of what."""

    def __init__(self, most_bytes: int) -> None:
        self._bodies: LatelyUsed[str, bytes] = LatelyUsed(most_bytes, len)

    @property
    def size(self) -> int:
        """The bytes that the kept bodies take."""
        return self._bodies.size

    def get(self, tag: str) -> bytes | None:
        return self._bodies.get(tag)

    def keep(self, tag: str, body: bytes) -> None:
        # A copy: what made the body gave it room for several times as much, and keeps that
        self._bodies.keep(tag, bytes(memoryview(body)))
