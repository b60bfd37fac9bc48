"""How the log is written: one line for each event, as JSON or as text, and no secret in it."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.contextvars import merge_contextvars
from structlog.stdlib import ProcessorFormatter

JSON, TEXT = "json", "text"
STYLES = (TEXT, JSON)
HIDDEN = "…"
# The forms of secrets that come through a service: its keys, those of webhooks, passwords in
# addresses, what follows the word of an Authorization header.
SECRETS = re.compile(
    r"dsk_[A-Za-z0-9_-]{16,}|whsec_[A-Za-z0-9+/=_-]+|(?<=://)[^\s/@]*:[^\s/@]+(?=@)"
    r"|(?i:(?<=bearer )\S+|(?<=basic )[A-Za-z0-9+/=]{8,})"
)
# List their own parts, or each request of a client, in every process that meets them.
TALKATIVE = ("alembic.runtime.plugins", "httpx", "botocore", "boto3", "urllib3")
FIRST = ("timestamp", "level", "logger")

Event = MutableMapping[str, Any]


def set_up(level: str, style: str, stream: TextIO | None = None) -> None:
    """Let all messages of this process, those of libraries too, be written to standard error."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter(style))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def formatter(style: str) -> ProcessorFormatter:
    """What makes a line of a record, with its `extra` fields and those of the context."""
    last = _text if style == TEXT else structlog.processors.JSONRenderer(ensure_ascii=False)
    return ProcessorFormatter(
        foreign_pre_chain=[
            merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _hide_secrets,
            _in_order,
            last,
        ],
    )


def _hide_secrets(_logger: object, _name: str, event: Event) -> Event:
    """The last guard: no message is meant to hold a secret."""
    return {name: hidden(value) for name, value in event.items()}


def hidden(value: Any) -> Any:
    """The value with every secret in it, by its form, taken out."""
    if isinstance(value, str):
        return SECRETS.sub(HIDDEN, value)
    if isinstance(value, Mapping):
        return {name: hidden(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [hidden(member) for member in value]
    return value


def _in_order(_logger: object, _name: str, event: Event) -> Event:
    first = {name: event[name] for name in FIRST if name in event}
    said = {"message": event["event"]}
    rest = {name: value for name, value in event.items() if name not in (*FIRST, "event")}
    return {**first, **said, **rest}


def _text(_logger: object, _name: str, event: Event) -> str:
    """`time LEVEL logger: message name=value …`, an exception's lines indented beneath."""
    timestamp, level, name, message = (event.pop(key) for key in (*FIRST, "message"))
    exception = event.pop("exception", "")
    fields = "".join(f" {name}={_shown(value)}" for name, value in event.items())
    below = "".join(f"\n  {line}" for line in exception.splitlines())
    return f"{timestamp} {level.upper()} {name}: {_one_line(str(message))}{fields}{below}"


def _shown(value: Any) -> str:
    text = str(value)
    return text if re.fullmatch(r"[!-~]+", text) and '"' not in text else repr(text)


def _one_line(text: str) -> str:
    # What a client sent must not be able to look like a line of its own
    return text.replace("\r", "\\r").replace("\n", "\\n")
