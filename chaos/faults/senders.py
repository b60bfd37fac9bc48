"""Clients that begin and do not go on: everyone else is still answered."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic

from chaos.scene import Scene
from chaos.work import JOBS

CUT_OFF, SLOW, IDLE = 20, 50, 200
LONGEST_ANSWER_SECONDS = 1.0
SECONDS = 4.0


def bodies_cut_off(scene: Scene) -> None:
    """Connections that end in the middle of a body: no job comes of them."""
    scene.stack.up()
    head, body = _request(scene)
    for _ in range(CUT_OFF):
        with _connection(scene) as client:
            client.sendall(head + body[: scene.chance.randrange(len(body))])
    _everyone_else(scene)


def slow_senders(scene: Scene) -> None:
    """Bodies that come a byte a second."""
    scene.stack.up()
    head, body = _request(scene)
    over = threading.Event()

    def drip() -> None:
        with suppress(OSError), _connection(scene) as client:
            client.sendall(head)
            for byte in body:
                client.sendall(bytes([byte]))
                if over.wait(1.0):
                    return

    threads = [threading.Thread(target=drip, daemon=True) for _ in range(SLOW)]
    for thread in threads:
        thread.start()
    _everyone_else(scene)
    over.set()
    for thread in threads:
        thread.join()


def idle_connections(scene: Scene) -> None:
    """Connections that say nothing, or nothing more after a first answer."""
    scene.stack.up()
    clients = [_connect(scene) for _ in range(IDLE)]
    for client in clients[: IDLE // 2]:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        scene.must(client.recv(12) == b"HTTP/1.1 200", "no answer before it is idle")
    _everyone_else(scene)
    for client in clients:
        client.close()


def _everyone_else(scene: Scene) -> None:
    """Others submit, look and list for some seconds; each of their requests is answered soon."""
    slowest = 0.0
    ends = monotonic() + SECONDS
    job_id = scene.submit("short")
    while monotonic() < ends:
        for path in ("/healthz", f"/v1/jobs/{job_id}", "/v1/jobs"):
            started = monotonic()
            status = scene.stack.client.http.get(path).status_code
            slowest = max(slowest, monotonic() - started)
            scene.must(status == 200, f"{path} was answered with {status}")
    started = monotonic()
    scene.submit("inline")
    slowest = max(slowest, monotonic() - started)
    scene.must(slowest < LONGEST_ANSWER_SECONDS, f"an answer took {slowest:.2f} s")
    scene.notes["slowest answer"] = slowest
    scene.recovered(scene.standing())


def _request(scene: Scene) -> tuple[bytes, bytes]:
    body = json.dumps(JOBS["inline"]).encode()
    lines = ["POST /v1/jobs HTTP/1.1", f"Host: 127.0.0.1:{scene.stack.config.port}"]
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode(), body


def _connect(scene: Scene) -> socket.socket:
    return socket.create_connection(("127.0.0.1", scene.stack.config.port), timeout=5)


@contextmanager
def _connection(scene: Scene) -> Iterator[socket.socket]:
    with _connect(scene) as client:
        yield client
