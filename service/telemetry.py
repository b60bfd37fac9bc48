"""Traces, where the operator has a collector for them; without one, nothing is loaded or done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from service.errors import ConfigError

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""The standard variables of OpenTelemetry; the rest of them are obeyed too."""

SERVER, CONSUMER = "server", "consumer"

Attributes = Mapping[str, str | int | float | bool | None]
"""What is told of a span; what is None is left out."""


class Span(Protocol):
    """Something that takes its time, as a part of a trace."""

    @property
    def traceparent(self) -> str | None:
        """The W3C name of this span, for what it causes; None where nothing is traced."""

    def event(self, name: str, attributes: Attributes) -> None: ...

    def end(self, attributes: Attributes, error: str | None = None) -> None: ...


class Tracing(Protocol):
    def begin(self, name: str, kind: str, parent: str | None, attributes: Attributes) -> Span:
        """Begin a span, below the `parent` of which a `traceparent` told."""

    def close(self) -> None:
        """Send what is not sent yet, for a few seconds at most."""


class Untraced:
    """Tracing, and any span of it, that does nothing."""

    traceparent: str | None = None

    def begin(self, name: str, kind: str, parent: str | None, attributes: Attributes) -> Span:  # noqa: ARG002
        return self

    def event(self, name: str, attributes: Attributes) -> None: ...

    def end(self, attributes: Attributes, error: str | None = None) -> None: ...

    def close(self) -> None: ...


def is_wanted(environ: Mapping[str, str]) -> bool:
    """Whether the environment names a collector."""
    is_off = environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return not is_off and any(environ.get(name) for name in ENDPOINTS)


def require(environ: Mapping[str, str]) -> None:
    """Raise ConfigError where traces are wanted and cannot be made."""
    if not is_wanted(environ):
        return
    try:
        import service.otlp  # noqa: F401
    except ImportError as error:
        named = next(name for name in ENDPOINTS if environ.get(name))
        raise ConfigError(
            [f"{named}: traces need OpenTelemetry's packages; docs/operations.md says how"]
        ) from error


def open_tracing(part: str, environ: Mapping[str, str]) -> Tracing:
    """What this part of the service traces with; to be called after a fork, not before."""
    if not is_wanted(environ):
        return Untraced()
    require(environ)
    from service.otlp import OtlpTracing

    return OtlpTracing(part, environ)
