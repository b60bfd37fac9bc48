"""What one setting is: the name of an environment variable, and how its text is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PREFIX = "DESCENTD_"


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: how its text is read, and what stands when it is not set."""

    field: str
    default: str
    parse: Callable[[str], Any]
    help: str

    @property
    def name(self) -> str:
        return PREFIX + self.field.upper()
