"""`Content-Digest` (RFC 9530): what the bytes of a body must hash to."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping

from engine.errors import Fault
from service.errors import Invalid, Mismatch

HEADER = "Content-Digest"
ALGORITHMS = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
# A dictionary of byte sequences (RFC 8941), which is all this field may be
MEMBER = re.compile(r"([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):")
BETWEEN = re.compile(r"[ \t]*,[ \t]*")


class Digests:
    """Takes the digests of bytes that pass, and compares them with those that were sent."""

    def __init__(self, header: str | None) -> None:
        self._expected = _parsed(header) if header is not None else {}
        self._hashes = {name: ALGORITHMS[name]() for name in self._expected}

    def update(self, piece: bytes) -> None:
        """Take in the next bytes."""
        for running in self._hashes.values():
            running.update(piece)

    def check(self) -> None:
        """Raise Mismatch unless all is as the header said."""
        for name, running in self._hashes.items():
            if running.digest() != self._expected[name]:
                found = header_value(name, running.digest())
                raise Mismatch(f"The body is not what {HEADER} says: it is {found}.")


def header_value(name: str, digest: bytes) -> str:
    """One digest, as the header has it."""
    return f"{name}=:{base64.b64encode(digest).decode()}:"


def _parsed(header: str) -> Mapping[str, bytes]:
    members = [MEMBER.fullmatch(member) for member in BETWEEN.split(header.strip(" \t"))]
    try:
        told = {found[1]: base64.b64decode(found[2], validate=True) for found in members if found}
    except binascii.Error:
        told = {}
    known = {name: digest for name, digest in told.items() if name in ALGORITHMS}
    sound = all(len(digest) == ALGORITHMS[name]().digest_size for name, digest in known.items())
    if not (known and sound and all(members)):
        detail = f"must be as RFC 9530 has it, by {' or '.join(ALGORITHMS)}"
        raise Invalid([Fault(f"?{HEADER}", detail)])
    return known
