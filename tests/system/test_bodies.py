"""Bodies as a real server hands them on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .stack import Service

MIB = 1024 * 1024


def pieces(size: int) -> Iterator[bytes]:
    for _ in range(size // MIB):
        yield b" " * MIB


@pytest.mark.parametrize("mebibytes", [17, 64])
def test_a_body_over_the_limit_is_refused_framed_by_length_or_in_chunks(
    embedded: Service, mebibytes: int
) -> None:
    client = embedded.client.http
    # The server may end a connection whose body it did not read: the next request takes a new one.
    headers = {"Content-Type": "application/json", "Connection": "close"}
    for content in (b" " * mebibytes * MIB, pieces(mebibytes * MIB)):
        answer = client.post("/v1/jobs", content=content, headers=headers)
        assert answer.status_code == 413
    assert client.get("/healthz").status_code == 200


def test_a_chunked_body_is_read_whole(embedded: Service) -> None:
    body = (piece for piece in (b'{"dataset": "xo', b'r", "epochs": 1}'))
    answer = embedded.client.http.post(
        "/v1/jobs", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 202
    assert embedded.client.at_rest(answer.json()["id"])["status"] == "succeeded"
