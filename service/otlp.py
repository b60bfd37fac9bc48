"""Traces by OpenTelemetry, sent over OTLP/HTTP from a thread of its own. Needs the extra."""

from __future__ import annotations

from collections.abc import Mapping

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from service.telemetry import CONSUMER, SERVER, Attributes, Span
from service.version import VERSION

TIMEOUT = "OTEL_EXPORTER_OTLP_TIMEOUT"
# For a collector that is away, also at the end of a process; what it does not take is dropped.
TIMEOUT_SECONDS = 2.0
KINDS = {SERVER: SpanKind.SERVER, CONSUMER: SpanKind.CONSUMER}


class OtlpTracing:
    """`service.telemetry.Tracing` for one process; nothing global is set."""

    def __init__(self, part: str, environ: Mapping[str, str]) -> None:
        named = environ.get("OTEL_SERVICE_NAME") or f"descentd-{part}"
        resource = Resource.create({"service.name": named, "service.version": VERSION})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        timeout = None if environ.get(TIMEOUT) else TIMEOUT_SECONDS
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=timeout)))
        self._tracer = self._provider.get_tracer("descentd", VERSION)

    def begin(self, name: str, kind: str, parent: str | None, attributes: Attributes) -> Span:
        carried = {"traceparent": parent} if parent else {}
        context = TraceContextTextMapPropagator().extract(carried)
        return _OtlpSpan(
            self._tracer.start_span(name, context, KINDS[kind], attributes=_told(attributes))
        )

    def close(self) -> None:
        self._provider.shutdown()


class _OtlpSpan:
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    @property
    def traceparent(self) -> str | None:
        carrier: dict[str, str] = {}
        TraceContextTextMapPropagator().inject(carrier, trace.set_span_in_context(self._span))
        return carrier.get("traceparent")

    def event(self, name: str, attributes: Attributes) -> None:
        self._span.add_event(name, _told(attributes))

    def end(self, attributes: Attributes, error: str | None = None) -> None:
        self._span.set_attributes(_told(attributes))
        if error is not None:
            self._span.set_status(Status(StatusCode.ERROR, error))
        self._span.end()


def _told(attributes: Attributes) -> dict[str, str | int | float | bool]:
    return {name: value for name, value in attributes.items() if value is not None}
