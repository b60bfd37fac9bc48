"""Where the service is, and with which key: from the caller, else from the environment."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from descentd_client.errors import DescentdError

URL = "DESCENTD_URL"
API_KEY = "DESCENTD_API_KEY"
DEFAULT_URL = "http://127.0.0.1:8000"
TIMEOUT_SECONDS = 30.0
CONNECT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Settings:
    """``url`` without a slash at its end; ``key`` None for a service that asks for none."""

    url: str
    key: str | None = field(repr=False)
    timeout: float

    @classmethod
    def of(
        cls,
        url: str | None,
        key: str | None,
        timeout: float,
        environ: Mapping[str, str] = os.environ,
    ) -> Settings:
        """What is given, else the environment's; raises DescentdError for what is no address."""
        address = (url or environ.get(URL) or DEFAULT_URL).rstrip("/")
        try:
            parsed = httpx.URL(address)
        except httpx.InvalidURL as error:
            raise DescentdError(f"{address!r} is no address: {error}") from error
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise DescentdError(f"{address!r} is no http:// or https:// address")
        return cls(address, key or environ.get(API_KEY) or None, timeout)

    @property
    def is_here(self) -> bool:
        """Whether the service is on this machine, where no proxy can reach it."""
        host = httpx.URL(self.url).host
        try:
            return host == "localhost" or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False
