"""The version of this checkout."""

from __future__ import annotations

VERSION = "0.1.0"
