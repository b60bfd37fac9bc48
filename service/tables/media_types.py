"""The media types a table may come under."""

from __future__ import annotations

from service.errors import Unsupported

CSV = "text/csv"
JSON = "application/json"
NDJSON = "application/x-ndjson"
PARQUET = "application/vnd.apache.parquet"
NPZ = "application/x-npz"
MEDIA_TYPES = (CSV, JSON, NDJSON, PARQUET, NPZ)


def known(media_type: str) -> str:
    """The media type without its parameters; raises Unsupported if no table comes under it."""
    essence = media_type.partition(";")[0].strip().lower()
    if essence not in MEDIA_TYPES:
        raise Unsupported(f"A dataset is sent as {', '.join(MEDIA_TYPES)}, not as {essence!r}.")
    return essence
