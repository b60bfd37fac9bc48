"""Two hosts on this machine, as network namespaces, joined by a wire that can be cut."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from chaos.servers import Place

# Of the networks that are set aside for measurements between devices: 198.18.0.0/15
HERE_AND_FIRST, FIRST_AND_SECOND = "198.18.{}", "198.19.{}"


@dataclass(frozen=True, slots=True)
class Hosts:
    """The first is reached from here and from the second; the second from the first alone."""

    first: Place
    second: Place
    wire: str

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Without a wire between them: what is sent is lost, and nobody is told."""
        self._set("down")
        try:
            yield
        finally:
            self._set("up")

    def _set(self, state: str) -> None:
        run(*self.first.within, "ip", "link", "set", self.wire, state)


@contextmanager
def two_hosts() -> Iterator[Hosts]:
    """Make them, and take them away again; skips the test where that is not allowed."""
    token = secrets.token_hex(3)
    number = secrets.randbelow(255)
    here, wire = (network.format(number) for network in (HERE_AND_FIRST, FIRST_AND_SECOND))
    with ExitStack() as made:
        first = made.enter_context(_host(f"descentd-{token}-1", f"{here}.2"))
        second = made.enter_context(_host(f"descentd-{token}-2", f"{wire}.2"))
        outside, inside, near, far = (f"d{token}{end}" for end in "abcd")
        _join(End(outside, f"{here}.1"), End(inside, f"{here}.2", first))
        _join(End(near, f"{wire}.1", first), End(far, f"{wire}.2", second))
        run(*second.within, "ip", "route", "add", f"{here}.2/32", "via", f"{wire}.1")
        yield Hosts(first, second, near)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a wire: its name, its address, and the host it is on (None: this)."""

    name: str
    address: str
    host: Place | None = None

    @property
    def namespace(self) -> tuple[str, ...]:
        return ("netns", self.host.within[-1]) if self.host else ()

    def up(self) -> None:
        within = self.host.within if self.host else ()
        run(*within, "ip", "address", "add", f"{self.address}/30", "dev", self.name)
        run(*within, "ip", "link", "set", self.name, "up")


def _join(one: End, other: End) -> None:
    peer = ("type", "veth", "peer", "name", other.name, *other.namespace)
    run("ip", "link", "add", one.name, *one.namespace, *peer)
    one.up()
    other.up()


@contextmanager
def _host(name: str, address: str) -> Iterator[Place]:
    if reason := _missing() or _refused("ip", "netns", "add", name):
        pytest.skip(f"no network namespaces: {reason}")
    within = ("ip", "netns", "exec", name)
    try:
        run(*within, "ip", "link", "set", "lo", "up")
        yield Place(address, within)
    finally:
        run("ip", "netns", "delete", name)


def _missing() -> str:
    if shutil.which("ip") is None:
        return "the command ip is not installed"
    return "" if os.geteuid() == 0 else "they take root"


def _refused(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr.strip()


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
