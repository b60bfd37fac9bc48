"""A server that does to each connection what was scripted: half answers, breaks, refusals."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One request, as it came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes
    moment: float


@dataclass
class Misbehaving:
    """``heard`` are the requests so far; each took one answer of the script, bytes to send."""

    url: str
    heard: list[Heard] = field(default_factory=list)


def reply(status: int, body: Any = None, **headers: str) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    named = {"Content-Length": str(len(content)), "Connection": "close", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + content


def stream(content: bytes, is_whole: bool = True) -> bytes:
    """A chunked answer of server-sent events, with or without the chunk that ends it."""
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    return head + b"%x\r\n%s\r\n" % (len(content), content) + (b"0\r\n\r\n" if is_whole else b"")


@contextmanager
def misbehaving(script: Sequence[bytes]) -> Iterator[Misbehaving]:
    """Serve connections with the answers of the script, one each, then end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Misbehaving(f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread = threading.Thread(target=_serve, args=(listener, script, server.heard))
        thread.start()
        yield server
        thread.join(10)
        assert not thread.is_alive(), "not all of the script was asked for"


def _serve(listener: socket.socket, script: Sequence[bytes], heard: list[Heard]) -> None:
    listener.settimeout(10)
    for answer in script:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as reader:
            heard.append(_request(reader))
            connection.sendall(answer)


def _request(reader: Any) -> Heard:
    line = reader.readline().decode().strip()
    headers = {}
    while header := reader.readline().decode().strip():
        name, _, value = header.partition(": ")
        headers[name.lower()] = value
    body = reader.read(int(headers.get("content-length", 0)))
    return Heard(line, headers, body, monotonic())
