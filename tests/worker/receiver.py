"""A real receiver of webhooks, which answers as it is told and keeps what it got."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

PATIENCE_SECONDS = 60.0


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """``respond`` writes the answer to each request; unless it is replaced, 204."""

    respond: Callable[[Any], None] = lambda handler: handler.send(204)
    got: Queue[Received] = field(default_factory=Queue)
    server: ThreadingHTTPServer | None = None

    @property
    def port(self) -> int:
        assert self.server is not None
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def next(self) -> Received:
        return self.got.get(timeout=PATIENCE_SECONDS)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.got.put(Received(self.path, dict(self.headers), body))
        self.receiver.respond(self)

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that went away is part of the trials."""


@contextmanager
def receiving(
    respond: Callable[[Any], None] | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[Receiver]:
    """A receiver on a free port of this machine until the block ends."""
    receiver = Receiver() if respond is None else Receiver(respond)
    handler = type("OwnHandler", (Handler,), {"receiver": receiver})
    with Server(("127.0.0.1", 0), handler) as server:
        receiver.server = server
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()
