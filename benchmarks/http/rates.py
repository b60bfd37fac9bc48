"""Requests per second over a few kept connections, by a client that does next to nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

CONNECTIONS = 8
SECONDS = 2.0


def rate(url: str, method: str, headers: Mapping[str, str], body: bytes, status: int) -> float:
    """Answers of this status per second; RuntimeError on any other."""
    parts = urlsplit(url)
    lines = [f"{method} {parts.path} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}"] if body else []
    request = "\r\n".join([*lines, "", ""]).encode() + body
    counts = [0] * CONNECTIONS
    faults: list[str] = []
    until = time.perf_counter() + SECONDS

    def send(number: int) -> None:
        with socket.create_connection((parts.hostname or "", parts.port or 80)) as connection:
            while time.perf_counter() < until:
                connection.sendall(request)
                answer = _answer(connection)
                if not answer.startswith(b"HTTP/1.1 %d" % status):
                    faults.append(answer.decode(errors="replace"))
                    return
                counts[number] += 1

    threads = [threading.Thread(target=send, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(f"{method} {url}: {faults[0][:500]}")
    return sum(counts) / SECONDS


def _answer(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    lowered = head.lower()
    length = 0
    if b"content-length:" in lowered:
        length = int(lowered.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    missing = length - len(body)
    while missing > 0:
        missing -= len(_more(connection))
    return head


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(1 << 16)
    if not piece:
        raise RuntimeError("the server closed the connection")
    return piece
