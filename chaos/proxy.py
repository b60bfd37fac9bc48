"""A way to a server that can make connections deaf: open, to all appearance, and silent."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self

PIECE = 65536


class Proxy:
    """Hands bytes on between its clients and a server on this machine.

    After ``deafen`` the connections that exist then bring no more answers; new ones are sound.
    """

    def __init__(self, server_port: int) -> None:
        self._server = ("127.0.0.1", server_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._deaf_generation = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def deafen(self) -> None:
        self._deaf_generation += 1

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                born = self._deaf_generation
                self._pump(client, server, hears=None)
                self._pump(server, client, hears=born)

    def _pump(self, source: socket.socket, sink: socket.socket, hears: int | None) -> None:
        def run() -> None:
            with suppress(OSError):
                while piece := source.recv(PIECE):
                    if hears is None or hears == self._deaf_generation:
                        sink.sendall(piece)
            for end in (source, sink):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

        threading.Thread(target=run, daemon=True).start()
