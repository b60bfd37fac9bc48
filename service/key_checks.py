"""Checks keys and cookies for each request, and asks the database for each once in a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from service import auth, sign_ins
from service.auth import Caller
from service.database.sessions import Sessions

MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class _Remembered:
    caller: Caller
    until: float


class KeyChecks:
    """What was good is believed to be for `believed_seconds`, without asking the database.

    So long a key that was revoked in another process may still be taken. What was refused is
    not remembered. No secret is kept in memory: all is by its hash.
    """

    def __init__(
        self,
        sessions: Sessions,
        believed_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sessions = sessions
        self._believed_seconds = believed_seconds
        self._clock = clock
        self._remembered: dict[tuple[str, str], _Remembered] = {}
        self._lock = threading.Lock()

    def of_key(self, token: str) -> Caller:
        """Who shows this API key; raises Unauthorized."""
        return self._caller("key", token, auth.caller_of)

    def of_cookie(self, cookie: str) -> Caller:
        """Who is signed in by this cookie; raises Unauthorized."""
        return self._caller("cookie", cookie, sign_ins.caller_of)

    def forget(self) -> None:
        """Ask for all of them anew: some key or cookie has just ended."""
        with self._lock:
            self._remembered = {}

    def _caller(self, kind: str, secret: str, ask: Callable[[Session, str], Caller]) -> Caller:
        name = (kind, auth.sha256(secret))
        known = self._remembered.get(name)
        if known is not None and self._clock() < known.until:
            return known.caller
        asked_at, remembered = self._clock(), self._remembered
        with self._sessions.reading() as session:
            caller = ask(session, secret)
        if self._believed_seconds:
            self._remember(remembered, name, _Remembered(caller, asked_at + self._believed_seconds))
        return caller

    def _remember(
        self,
        remembered: dict[tuple[str, str], _Remembered],
        name: tuple[str, str],
        found: _Remembered,
    ) -> None:
        # Into what was there when the database was asked: `forget` came between, perhaps
        with self._lock:
            if len(remembered) >= MOST_REMEMBERED:
                remembered.clear()
            remembered[name] = found
