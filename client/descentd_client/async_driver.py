"""Does what a flow asks for, as asyncio goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, closing
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


class AsyncDriver:
    """Runs flows over one pool of connections. Tasks of one event loop may share it."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None) -> None:
        self._settings = settings
        self._http = httpx.AsyncClient(transport=transport, trust_env=not settings.is_here)

    async def close(self) -> None:
        await self._http.aclose()

    async def run(self, flow: Flow[Result]) -> Result:
        """The flow's result."""
        async with aclosing(_Hands(self._http, self._settings)) as hands:
            with closing(flow):
                outcome = Outcome()
                while True:
                    wanted = advance(flow, outcome)
                    if isinstance(wanted, Finished):
                        result: Result = wanted.result
                        return result
                    outcome = await hands.do(wanted)

    async def items(self, stream: Stream[Item]) -> AsyncIterator[Item]:
        """The flow's items, each when it is wanted."""
        async with aclosing(_Hands(self._http, self._settings)) as hands:
            with closing(stream):
                outcome = Outcome()
                while True:
                    wanted = advance(stream, outcome)
                    if isinstance(wanted, Finished):
                        return
                    if isinstance(wanted, Emit):
                        yield wanted.item
                        outcome = Outcome()
                    else:
                        outcome = await hands.do(wanted)


class _Hands:
    """Does one effect after another; holds the body that is being read."""

    def __init__(self, http: httpx.AsyncClient, settings: Settings) -> None:
        self._http = http
        self._settings = settings
        self._body: httpx.Response | None = None
        self._pieces: AsyncIterator[bytes] | None = None

    async def aclose(self) -> None:
        if self._body is not None:
            await self._body.aclose()
            self._body = None

    async def do(self, effect: Effect) -> Outcome:
        try:
            return Outcome(await self._done(effect))
        except httpx.RequestError as error:
            return Outcome(broken=broken_by(error))

    async def _done(self, effect: Effect) -> Any:
        match effect:
            case Send(request):
                response = await self._send(request, stream=False)
                return answer_of(response, response.content)
            case Open(request):
                return await self._opened(request)
            case Read():
                return await self._piece()
            case Pause(seconds):
                await asyncio.sleep(seconds)
        return None

    async def _opened(self, request: Request) -> Any:
        await self.aclose()
        response = self._body = await self._send(request, stream=True)
        if not response.is_success:
            return answer_of(response, await response.aread())
        self._pieces = response.aiter_bytes()
        return answer_of(response, b"")

    async def _piece(self) -> bytes | None:
        return None if self._pieces is None else await anext(self._pieces, None)

    async def _send(self, request: Request, stream: bool) -> httpx.Response:
        content = request.content
        given = _pieces_of(content) if isinstance(content, Path) else content
        built = self._http.build_request(**arguments(self._settings, request, given))
        return await self._http.send(built, stream=stream)


async def _pieces_of(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            yield piece
