"""Names of things: a kind, then 26 characters that sort by the time they were made."""

from __future__ import annotations

import re
import secrets
import time

KINDS = ("job", "ds", "key", "dlv")
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u to misread
LENGTH = 26
RANDOM_BITS = 70
SHAPE = re.compile(rf"({'|'.join(KINDS)})_[{ALPHABET}]{{{LENGTH}}}")


def new_id(kind: str) -> str:
    """A fresh id such as `job_…`: microseconds since 1970 first, then random bits."""
    microseconds = time.time_ns() // 1000
    return f"{kind}_{_base32(microseconds << RANDOM_BITS | secrets.randbits(RANDOM_BITS))}"


def well_formed(kind: str, text: str) -> bool:
    """Whether `text` could be an id of this kind: nothing else need reach the database."""
    return SHAPE.fullmatch(text) is not None and text.startswith(f"{kind}_")


def _base32(number: int) -> str:
    shifts = range(5 * (LENGTH - 1), -1, -5)
    return "".join(ALPHABET[number >> shift & 31] for shift in shifts)
