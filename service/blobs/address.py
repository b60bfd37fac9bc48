"""`s3://bucket/prefix?endpoint=…&region=…`: where a store is. Secrets are not part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

ASKED = "must be empty or s3://bucket/prefix, with ?endpoint=https://…&region=… where needed"
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PREFIX = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")
SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class S3Address:
    """All objects below `prefix` are the service's: what no row names is removed there."""

    bucket: str
    prefix: str
    endpoint: str | None = None
    region: str | None = None


def s3_address(url: str) -> S3Address:
    """Read such an address; raises ValueError that says what is asked for."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    address = S3Address(parts.netloc, parts.path.strip("/"), **_known(options))
    sound = parts.scheme == "s3" and BUCKET.fullmatch(address.bucket) and not parts.fragment
    if not (sound and PREFIX.fullmatch(address.prefix) and _is_endpoint(address.endpoint)):
        raise ValueError(ASKED)
    return address


def _known(options: dict[str, str]) -> dict[str, str]:
    if not options.keys() <= {"endpoint", "region"} or not all(options.values()):
        raise ValueError(ASKED)
    return options


def _is_endpoint(url: str | None) -> bool:
    if url is None:
        return True
    parts = urlsplit(url)
    return parts.scheme in SCHEMES and bool(parts.hostname) and "@" not in parts.netloc
