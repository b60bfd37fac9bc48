"""Whether a message is from descentd, by the rules of Standard Webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

from werkzeug.datastructures import Headers

TOLERANCE_SECONDS = 300


def bad_signature(secret: str, headers: Headers | Mapping[str, str], body: bytes) -> str | None:
    """What is wrong with the signature of these very bytes, or None if nothing is."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    message, sent_at, signatures = (headers.get(name, "") for name in names)
    if not (secret.startswith("whsec_") and message and sent_at.isascii() and sent_at.isdigit()):
        return "not signed"
    if abs(time.time() - int(sent_at)) > TOLERANCE_SECONDS:
        return "signed too long ago"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message}.{sent_at}.".encode() + body, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(digest)
    # Several, while one secret replaces another
    if any(hmac.compare_digest(expected, one.encode()) for one in signatures.split()):
        return None
    return "signed with another secret"
