"""Names to save a file under, made of what users wrote: safe in a header and on every system."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

FORBIDDEN = re.compile(r'[<>:"/\\|?*%]')
MOST_BYTES = 150  # file systems take 255, and a suffix or a "(1)" is still to come


def file_name(name: str | None, job_id: str, suffix: str) -> str:
    """The job's name, without what a file's name must not hold, or its id; and the suffix."""
    return f"{_stem(name or '') or job_id}.{suffix}"


def _stem(name: str) -> str:
    # Line ends would end a header; marks that turn the direction of writing hide a suffix.
    shown = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in name)
    words = " ".join(FORBIDDEN.sub("-", shown).split())
    return words.encode()[:MOST_BYTES].decode(errors="ignore").strip(". ")


def content_disposition(name: str | None, job_id: str, suffix: str) -> str:
    """The header that says so (RFC 6266): in ASCII, and where that is not all, in UTF-8 too."""
    stem = _stem(name or "")
    whole = file_name(stem, job_id, suffix)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    header = f'attachment; filename="{file_name(plain, job_id, suffix)}"'
    return header if whole.isascii() else f"{header}; filename*=UTF-8''{quote(whole, safe='')}"
