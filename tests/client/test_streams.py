"""Following by the events of a real service, over connections that are cut again and again."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from descentd_client import Client, Retries

QUICK = Retries(first_seconds=0.01)
EPOCHS = 300


class Cutting(httpx.BaseTransport):
    """Real connections; of the events' answers, each ends by force after so many bytes."""

    def __init__(self, most_bytes: int | None = None) -> None:
        self.paths: list[str] = []
        self._most_bytes = most_bytes
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.rpartition("/")[2]
        self.paths.append(path)
        response = self._inner.handle_request(request)
        if path == "events" and self._most_bytes is not None:
            assert isinstance(response.stream, httpx.SyncByteStream)
            response.stream = Cut(response.stream, self._most_bytes)
        return response

    def close(self) -> None:
        self._inner.close()


class Cut(httpx.SyncByteStream):
    """A body that breaks off."""

    def __init__(self, inner: httpx.SyncByteStream, most_bytes: int) -> None:
        self._inner = inner
        self._left = most_bytes

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._inner:
            yield piece[: self._left]
            self._left -= len(piece)
            if self._left <= 0:
                raise httpx.ReadError("cut")

    def close(self) -> None:
        self._inner.close()


def test_one_stream_tells_it_all(service_url: str) -> None:
    transport = Cutting()
    with Client(service_url, transport=transport) as client:
        job = client.submit("iris", epochs=EPOCHS)
        assert [row["epoch"] for row in job.follow()] == list(range(EPOCHS + 1))
    assert transport.paths.count("events") == 1
    assert "history" not in transport.paths


def test_no_epoch_is_doubled_or_lost_where_streams_are_cut(service_url: str) -> None:
    transport = Cutting(most_bytes=4001)
    with Client(service_url, transport=transport, retries=QUICK) as client:
        job = client.submit("iris", epochs=EPOCHS)
        rows = list(job.follow())
        assert rows == job.history().rows()
    assert [row["epoch"] for row in rows] == list(range(EPOCHS + 1))
    assert transport.paths.count("events") > 10
