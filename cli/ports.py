"""Where to listen."""

from __future__ import annotations

import socket

import click


def usable(host: str, port: int) -> tuple[str, int]:
    """Return the address of ``host`` and ``port``, a free one for 0.

    Raises ClickException where nobody can listen. The server shares its port between its
    processes, and so would not itself notice that another service has it.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            # Connections of the last run that the kernel still remembers are no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            bound = probe.getsockname()
            return str(bound[0]), int(bound[1])
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from error


def url(host: str, port: int) -> str:
    """The address a client of this machine would type."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
