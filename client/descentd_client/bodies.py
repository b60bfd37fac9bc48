"""From what a caller hands over to the bytes that are sent."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from descentd_client.errors import DescentdError, UnsendableError

JSON_TYPE = "application/json"
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": JSON_TYPE,
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
    ".parquet": "application/vnd.apache.parquet",
    ".npz": "application/x-npz",
}
COMPRESSED = ".gz"


def json_bytes(body: Any) -> bytes:
    """The body as JSON; raises UnsendableError for what JSON cannot hold."""
    try:
        text = json.dumps(body, allow_nan=False, default=_plain, separators=(",", ":"))
        return text.encode()
    except (ValueError, TypeError) as error:
        raise UnsendableError(f"the request cannot be sent as JSON: {error}") from error


def _plain(value: Any) -> Any:
    """Arrays and scalars of numpy, and others that can say themselves as lists."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is nothing that JSON can hold")


def media_type_of(path: os.PathLike[str]) -> str:
    """The media type that a file's name tells; raises DescentdError for one that tells none."""
    name = Path(path).name.lower().removesuffix(COMPRESSED)
    try:
        return MEDIA_TYPES[Path(name).suffix]
    except KeyError:
        known = ", ".join(MEDIA_TYPES)
        raise DescentdError(
            f"{os.fspath(path)}: the name does not tell what the file is "
            f"({known}); say it by media_type"
        ) from None


def fresh_key() -> str:
    """An Idempotency-Key that nobody has used."""
    return str(uuid.uuid4())
