"""Which addresses of the internet anyone may reach, and which only an operator may allow.

Python's own `is_global` will not do: of 3.11 it takes multicast, NAT64, 6to4 and 192.0.0.8 for
global, and it changes from version to version.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# The registries of special-purpose addresses of IANA (RFC 6890 and its updates), and multicast
SPECIAL = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # not registered: by it a cloud's host talks to its machines
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",  # Teredo is among these
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)
# All else of IPv6 is loopback, mapped IPv4, NAT64, local, link-local, multicast, or unassigned
GLOBAL_UNICAST = ip_network("2000::/3")


def is_public(address: Address) -> bool:
    """Whether the address is one of a machine that is meant to be reached by everyone."""
    if address.version == 6 and address not in GLOBAL_UNICAST:
        return False
    return not is_in(address, SPECIAL)


def is_in(address: Address, networks: Iterable[Network]) -> bool:
    """Whether any of these networks holds the address."""
    return any(address in network for network in networks)
