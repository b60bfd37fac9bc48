"""The text of a setting → its value. Each raises ValueError that says what is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from service.blobs.address import s3_address

PATH_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")
TRACKING = ("https://", "http://", "file:///")
ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")


def integer(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        # int() would also read "1_0", " 1" and digits of other scripts
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise ValueError(f"must be an integer from {least} to {most}")
        return int(text)

    return parse


def seconds(least: float, most: float) -> Callable[[str], float]:
    return _number_of("seconds", least, most)


def hours(least: float, most: float) -> Callable[[str], float]:
    return _number_of("hours", least, most)


def days(least: float, most: float) -> Callable[[str], float]:
    return _number_of("days", least, most)


def _number_of(unit: str, least: float, most: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not least <= value <= most:
            raise ValueError(f"must be a number of {unit} from {least:g} to {most:g}")
        return value

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text

    return parse


def address(asked: str, schemes: tuple[str, ...], words: tuple[str, ...]) -> Callable[[str], str]:
    """An address in one of the schemes, or one of the words; `asked` tells people so."""

    def parse(text: str) -> str:
        if text in words or (text.startswith(schemes) and _has_a_sound_port(text)):
            return text
        raise ValueError(f"must be {asked}")

    return parse


def _has_a_sound_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def blobs(text: str) -> str:
    if text:
        s3_address(text)
    return text


def tracking(text: str) -> str:
    """Where runs are tracked. Not with a password: MLflow's errors show the address."""
    if text and not (text.startswith(TRACKING) and _has_a_sound_port(text) and "@" not in text):
        raise ValueError(
            "must be an https://…, http://… or file:///… address; "
            "who signs in is for MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
        )
    return text


def directory(text: str) -> Path:
    if not text:
        raise ValueError("must name a directory")
    return Path(text).expanduser().resolve()


def host(text: str) -> str:
    if not text or any(character.isspace() for character in text):
        raise ValueError("must be a host name or an address")
    return text


def name(text: str) -> str:
    if not text.strip() or len(text) > 200:
        raise ValueError("must be a name of 1 to 200 characters")
    return text


def hosts(text: str) -> tuple[str, ...]:
    found = tuple(host.strip().lower() for host in text.split(",") if host.strip())
    if not found:
        raise ValueError("must be host names with commas between")
    return found


def prefix(text: str) -> str:
    if text and (not PATH_PREFIX.fullmatch(text) or {".", ".."} & set(text.split("/"))):
        raise ValueError("must be a path such as /descentd, without a slash at its end")
    return text


def origins(text: str) -> tuple[str, ...]:
    """Origins as browsers send them: there is no wildcard, and no path."""
    found = tuple(origin.strip() for origin in text.split(",") if origin.strip())
    if not all(ORIGIN.fullmatch(origin) for origin in found):
        raise ValueError("must be origins such as https://ml.example, with commas between")
    return found
