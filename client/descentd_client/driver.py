"""Does what a flow asks for, blocking."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from descentd_client.settings import Settings
from descentd_client.transport import PIECE_BYTES, answer_of, arguments, broken_by
from descentd_client.wire import (
    Effect,
    Emit,
    Finished,
    Flow,
    Item,
    Open,
    Outcome,
    Pause,
    Read,
    Request,
    Result,
    Send,
    Stream,
    advance,
)


class Driver:
    """Runs flows over one pool of connections. Threads may share it."""

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None) -> None:
        self._settings = settings
        self._http = httpx.Client(transport=transport, trust_env=not settings.is_here)

    def close(self) -> None:
        self._http.close()

    def run(self, flow: Flow[Result]) -> Result:
        """The flow's result."""
        with closing(_Hands(self._http, self._settings)) as hands, closing(flow):
            outcome = Outcome()
            while True:
                wanted = advance(flow, outcome)
                if isinstance(wanted, Finished):
                    result: Result = wanted.result
                    return result
                outcome = hands.do(wanted)

    def items(self, stream: Stream[Item]) -> Iterator[Item]:
        """The flow's items, each when it is wanted."""
        with closing(_Hands(self._http, self._settings)) as hands, closing(stream):
            outcome = Outcome()
            while True:
                wanted = advance(stream, outcome)
                if isinstance(wanted, Finished):
                    return
                if isinstance(wanted, Emit):
                    yield wanted.item
                    outcome = Outcome()
                else:
                    outcome = hands.do(wanted)


class _Hands:
    """Does one effect after another; holds the body that is being read."""

    def __init__(self, http: httpx.Client, settings: Settings) -> None:
        self._http = http
        self._settings = settings
        self._body: httpx.Response | None = None
        self._pieces: Iterator[bytes] = iter(())

    def close(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None

    def do(self, effect: Effect) -> Outcome:
        try:
            return Outcome(self._done(effect))
        except httpx.RequestError as error:
            return Outcome(broken=broken_by(error))

    def _done(self, effect: Effect) -> Any:
        match effect:
            case Send(request):
                response = self._send(request, stream=False)
                return answer_of(response, response.content)
            case Open(request):
                return self._opened(request)
            case Read():
                return next(self._pieces, None)
            case Pause(seconds):
                time.sleep(seconds)
        return None

    def _opened(self, request: Request) -> Any:
        self.close()
        response = self._body = self._send(request, stream=True)
        if not response.is_success:
            return answer_of(response, response.read())
        self._pieces = response.iter_bytes()
        return answer_of(response, b"")

    def _send(self, request: Request, stream: bool) -> httpx.Response:
        content = request.content
        given = _pieces_of(content) if isinstance(content, Path) else content
        built = self._http.build_request(**arguments(self._settings, request, given))
        return self._http.send(built, stream=stream)


def _pieces_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece
