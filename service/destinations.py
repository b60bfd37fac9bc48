"""Where a webhook may lead. A URL is read once, here: what is checked is what is connected to."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from service.addresses import Address, Network, is_in, is_public

MAX_URL = 2048
HTTPS_PORT, HTTP_PORT = 443, 80
FIRST_FREE_PORT, LAST_PORT = 1024, 65535

LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
NAME = re.compile(rf"{LABEL}(?:\.{LABEL})*\.?")
# "127.1", "2130706433" and "0x7f.1" are names by their letters, and addresses to a resolver
NUMERIC_END = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?")
URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]/?#:@\\]+)"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<target>(?:/[^\s#]*)?(?:\?[^\s#]*)?)",
    re.IGNORECASE,
)
VISIBLE_ASCII = re.compile(r"[\x21-\x7e]+")

Resolve = Callable[[str, int], Sequence[Address]]


class Refused(ValueError):  # noqa: N818 - it is an answer, and reads as one where it is raised
    """No webhook may lead there; says why, to be read after "it"."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the operator has opened beside the public internet: hosts by name, and networks."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Allowed:
        """Names, addresses and networks with commas between; raises ValueError."""
        names, networks = set[str](), list[Network]()
        for item in filter(None, (part.strip() for part in text.split(","))):
            try:
                networks.append(ip_network(item))
            except ValueError:
                if not NAME.fullmatch(item) or NUMERIC_END.fullmatch(item):
                    asked = "must be host names, addresses and networks with commas between"
                    raise ValueError(asked) from None
                names.add(item.lower().removesuffix("."))
        return cls(frozenset(names), tuple(networks))


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL in parts: `host` in lower case, without brackets and final dot; `target` is the path
    and the query.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def is_secure(self) -> bool:
        return self.scheme == "https"

    @property
    def literal(self) -> Address | None:
        """The address that stands in place of a name, if one does."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None


def read(url: str, allowed: Allowed) -> Destination:
    """The parts of a URL that may be a webhook's; raises Refused. Asks no name server."""
    destination = _parts(url)
    _require_sound(destination, allowed)
    return destination


def host_of(url: str) -> str:
    """The host of a URL that was read before, whatever is allowed now; raises Refused."""
    return _parts(url).host


def _parts(url: str) -> Destination:
    found = URL.fullmatch(url) if VISIBLE_ASCII.fullmatch(url) else None
    if found is None or len(url) > MAX_URL:
        raise Refused(_asked(url))
    scheme, host = found["scheme"].lower(), found["host"].lower()
    usual = HTTPS_PORT if scheme == "https" else HTTP_PORT
    target = found["target"]
    path = target if target.startswith("/") else f"/{target}"
    port = int(found["port"] or usual)
    if not 0 < port <= LAST_PORT:
        raise Refused(f"must have a port from 1 to {LAST_PORT}")
    return Destination(scheme, _host(host), port, path)


def _asked(url: str) -> str:
    if len(url) > MAX_URL:
        return f"must have at most {MAX_URL} characters"
    if "@" in url.partition("://")[2].partition("/")[0]:
        return "must not hold a user name or a password"
    if "#" in url:
        return "must not have a fragment"
    return "must be an https:// address, in ASCII, of a host, with a path and a query if need be"


def _host(text: str) -> str:
    if text.startswith("["):
        try:
            return str(ip_address(text[1:-1]))
        except ValueError:
            raise Refused("must name its host, or an IPv6 address in brackets") from None
    if not NAME.fullmatch(text) or len(text) > 253:
        raise Refused("must name a host; other than ASCII is written as xn--…")
    if NUMERIC_END.fullmatch(text):
        try:
            return str(ip_address(text))
        except ValueError:
            raise Refused("must write an IPv4 address as four numbers, such as 192.0.2.1") from None
    return text.removesuffix(".")


def _require_sound(destination: Destination, allowed: Allowed) -> None:
    if destination.host in allowed.names:
        return
    address = destination.literal
    if address is not None:
        _require_reachable(destination, [address], allowed)
    elif not allowed.networks:  # else its addresses will tell whether it lies in one of them
        _require_public_manners(destination)
        if destination.host.rpartition(".")[2] == "localhost":
            raise Refused("must not lead to this machine")


def _require_public_manners(destination: Destination) -> None:
    if not destination.is_secure:
        raise Refused("must begin with https://")
    if destination.port != HTTPS_PORT and destination.port < FIRST_FREE_PORT:
        raise Refused(f"must have the port {HTTPS_PORT}, or one from {FIRST_FREE_PORT} on")


def addresses_of(
    destination: Destination, allowed: Allowed, resolve: Resolve | None = None
) -> list[Address]:
    """The addresses to connect to, every one of them checked; raises Refused, or OSError where
    the name leads nowhere. The name is resolved once.
    """
    literal = destination.literal
    found = (
        [literal] if literal else list((resolve or resolved)(destination.host, destination.port))
    )
    if not found:
        raise OSError("the name has no address")
    if destination.host not in allowed.names:
        _require_reachable(destination, found, allowed)
    return found


def _require_reachable(
    destination: Destination, addresses: Sequence[Address], allowed: Allowed
) -> None:
    others = [address for address in addresses if not is_in(address, allowed.networks)]
    if not all(map(is_public, others)):
        raise Refused("must not lead to an address that is private, local or reserved")
    if others:
        _require_public_manners(destination)


def resolved(host: str, port: int) -> list[Address]:
    """What the machine's resolver says, in its order; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(where[0]) for *_, where in found))
