"""Sends one message to one webhook, and takes its answer: to the address that was checked, and
within a time that no receiver can stretch.

httpcore, on which httpx is built, since it alone takes connections from elsewhere. It knows no
proxies, follows no redirects, reads no environment, and decodes no content.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore
import httpx

from service.addresses import Address
from service.database.types import now
from service.destinations import (
    Allowed,
    Destination,
    Refused,
    Resolve,
    addresses_of,
    read,
    resolved,
)
from service.sendings import Answer, Sending
from service.signing import signatures
from service.version import VERSION

ATTEMPT_SECONDS = 15.0
CONNECT_SECONDS = 5.0
EXCERPT_BYTES = 2000
EXCERPT_CHARACTERS = 500
LONGEST_RETRY_AFTER_DIGITS = 6
USUAL_PORTS = {"https": 443, "http": 80}


class Poster:
    """Sends messages where ``allowed`` lets them go.

    Trusts the authorities that httpx trusts, or those of ``SSL_CERT_FILE``.
    """

    def __init__(
        self,
        allowed: Allowed,
        *,
        resolve: Resolve = resolved,
        attempt_seconds: float = ATTEMPT_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._attempt_seconds = attempt_seconds
        self._tls = tls or httpx.create_ssl_context()

    def post(self, sending: Sending) -> Answer:
        """Send it once. Whatever goes wrong is in the answer."""
        at, started = now(), time.monotonic()
        found: dict[str, Any]
        try:
            destination = read(sending.url, self._allowed)
            addresses = addresses_of(destination, self._allowed, self._resolve)
            headers = _headers(sending, destination, int(at.timestamp()))
            found = self._exchange(destination, addresses, headers, sending.body)
        except Refused as refusal:
            found = {"error": f"The address {refusal}.", "is_final": True}
        except (OSError, UnicodeError):
            found = {"error": "The host's name could not be resolved."}
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            found = {"error": _told(error)}
        return Answer(at=at, seconds=round(time.monotonic() - started, 3), **found)

    def _exchange(
        self,
        destination: Destination,
        addresses: Sequence[Address],
        headers: dict[str, str],
        body: bytes,
    ) -> dict[str, Any]:
        deadline = Deadline(self._attempt_seconds)
        pinned = Pinned(addresses, deadline)
        with (
            httpcore.ConnectionPool(self._tls, network_backend=pinned) as pool,
            pool.stream(
                "POST",
                _url(destination),
                headers=list(headers.items()),
                content=body,
            ) as response,
        ):
            return {
                "status": response.status,
                "body": _excerpt(response.iter_stream()),
                "retry_after_seconds": _retry_after(response.headers),
            }


def _url(destination: Destination) -> httpcore.URL:
    return httpcore.URL(
        scheme=destination.scheme,
        host=destination.host,
        port=destination.port,
        target=destination.target,
    )


def _headers(sending: Sending, destination: Destination, timestamp: int) -> dict[str, str]:
    host = f"[{destination.host}]" if ":" in destination.host else destination.host
    is_usual = destination.port == USUAL_PORTS[destination.scheme]
    return {
        "Host": host if is_usual else f"{host}:{destination.port}",
        "Content-Type": "application/json",
        "Content-Length": str(len(sending.body)),
        "Accept-Encoding": "identity",
        "Connection": "close",
        "User-Agent": f"descentd/{VERSION}",
        "webhook-id": sending.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures(sending.secrets, sending.id, timestamp, sending.body),
    }


def _excerpt(pieces: Iterable[bytes]) -> str:
    """The beginning of an answer as text that any database keeps; the rest is not read.

    An answer that breaks off is an answer all the same.
    """
    got = b""
    try:
        for piece in pieces:
            got += piece
            if len(got) >= EXCERPT_BYTES:
                break
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
        pass
    text = got[:EXCERPT_BYTES].decode("utf-8", "replace").replace("\0", "�")
    return text[:EXCERPT_CHARACTERS]


def _retry_after(headers: Iterable[tuple[bytes, bytes]]) -> float:
    given = {name.lower(): value for name, value in headers}.get(b"retry-after", b"")
    is_number = given.isdigit() and len(given) <= LONGEST_RETRY_AFTER_DIGITS
    return float(given) if is_number else 0.0


def _told(error: Exception) -> str:
    if isinstance(error, httpcore.TimeoutException):
        return "The receiver did not answer in time."
    if isinstance(error, httpcore.ConnectError):
        return f"No connection: {_reason(error)}"
    return f"The connection broke: {_reason(error)}"


def _reason(error: Exception) -> str:
    return str(error)[:EXCERPT_CHARACTERS].replace("\0", "") or type(error).__name__


class Deadline:
    """What is left of the time that all of an attempt may take."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self, error: type[Exception]) -> float:
        """The seconds left; raises ``error`` if there are none."""
        seconds = self._end - self._clock()
        if seconds <= 0:
            raise error("the time of the attempt is over")
        return seconds


class Pinned(httpcore.NetworkBackend):
    """Connects to one of the checked addresses, whatever the host's name would say by now."""

    def __init__(self, addresses: Sequence[Address], deadline: Deadline) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - by name it was looked up before
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        *first, last = self._addresses
        for address in first:
            try:
                return self._connected(address, port, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connected(last, port, local_address, socket_options)

    def _connected(self, address: Address, port: int, *options: Any) -> httpcore.NetworkStream:
        seconds = min(CONNECT_SECONDS, self._deadline.left(httpcore.ConnectTimeout))
        stream = self._sockets.connect_tcp(str(address), port, seconds, *options)
        return Hurried(stream, self._deadline)


class Hurried(httpcore.NetworkStream):
    """A connection no operation of which outlasts the deadline, however often bytes drip in."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._deadline.left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._deadline.left(httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        seconds = self._deadline.left(httpcore.ConnectTimeout)
        return Hurried(
            self._stream.start_tls(ssl_context, server_hostname, seconds), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
