"""Kinds of query parameters: text in, a value out, or a fault in our own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from service.ids import ALPHABET, LENGTH
from service.schemas.fields import JsonSchema, refused

INTEGER = re.compile(r"[0-9]{1,18}")
DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """Marks a parameter that `parse` reads, raising ValueError with what it must be."""

    parse: Callable[[str], Any]
    schema: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, _source: Any, _next: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._checked)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _next: GetJsonSchemaHandler
    ) -> JsonSchema:
        return dict(self.schema)

    def _checked(self, text: str) -> Any:
        try:
            return self.parse(text)
        except ValueError as error:
            raise refused(f"must be {error}") from None


def integer(least: int, most: int) -> Parsed:
    """An integer, in digits alone."""

    def parse(text: str) -> int:
        if INTEGER.fullmatch(text) and least <= int(text) <= most:
            return int(text)
        raise ValueError(f"an integer at least {least} and at most {most}")

    return Parsed(parse, {"type": "integer", "minimum": least, "maximum": most})


def seconds(most: int) -> Parsed:
    """A number of seconds from 0 on."""

    def parse(text: str) -> float:
        if DECIMAL.fullmatch(text) and float(text) <= most:
            return float(text)
        raise ValueError(f"a number of seconds at least 0 and at most {most}")

    return Parsed(parse, {"type": "number", "minimum": 0, "maximum": most})


def one_of(*names: str) -> Parsed:
    """One of a few names."""

    def parse(text: str) -> str:
        if text in names:
            return text
        raise ValueError(f"one of {', '.join(names)}")

    return Parsed(parse, {"type": "string", "enum": list(names)})


def flag() -> Parsed:
    """`true` or `false`."""

    def parse(text: str) -> bool:
        if text in ("true", "false"):
            return text == "true"
        raise ValueError("true or false")

    return Parsed(parse, {"type": "boolean"})


def cursor(kind: str) -> Parsed:
    """The `next` of a list's page: the id of the last thing on it, which may be gone by now."""
    pattern = f"{kind}_[{ALPHABET}]{{{LENGTH}}}"

    def parse(text: str) -> str:
        if re.fullmatch(pattern, text):
            return text
        raise ValueError("the `next` of the page before")

    return Parsed(parse, {"type": "string", "pattern": f"^{pattern}$"})


def text(most: int | None = None) -> Parsed:
    """Any text a database can hold, of at most so many characters."""

    def parse(given: str) -> str:
        if "\x00" in given:
            raise ValueError("a text without the character U+0000")
        if most is not None and len(given) > most:
            raise ValueError(f"at most {most} characters long")
        return given

    return Parsed(parse, {"type": "string"} | ({} if most is None else {"maxLength": most}))


def time() -> Parsed:
    """A moment, with its zone."""

    def parse(given: str) -> datetime:
        try:
            moment = datetime.fromisoformat(given)
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise ValueError("a time as RFC 3339 has it, such as 2026-01-31T12:00:00Z")

    return Parsed(parse, {"type": "string", "format": "date-time"})
