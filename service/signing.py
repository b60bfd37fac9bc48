"""Signatures of webhooks, as Standard Webhooks (version 1) has them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

SECRET_MARK = "whsec_"  # noqa: S105 - what secrets begin with
LEAST_BYTES, MOST_BYTES = 24, 64


def key_of(secret: str) -> bytes:
    """The bytes a secret stands for; raises ValueError where it is none."""
    asked = f"must be {SECRET_MARK} and the base64 of {LEAST_BYTES} to {MOST_BYTES} random bytes"
    if not secret.startswith(SECRET_MARK):
        raise ValueError(asked)
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_MARK), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(asked) from None
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise ValueError(asked)
    return key


def signatures(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one signature by each secret, with spaces between."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_signature(secret, signed)}" for secret in secrets)


def _signature(secret: str, signed: bytes) -> str:
    digest = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
