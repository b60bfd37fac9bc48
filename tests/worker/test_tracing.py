"""One trace from a request, by the row of its job, into the epochs of a worker."""

from __future__ import annotations

import gzip
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from service.app import create_app
from service.config import Config
from service.database.sessions import Sessions
from service.errors import ConfigError
from service.telemetry import Untraced, open_tracing, require
from worker.runner import Runner

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{CALLER}-01"


class Collector(ThreadingHTTPServer):
    """Speaks OTLP over HTTP: keeps the spans of what is posted to it, with their service's name."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.spans: list[tuple[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def named(self, name: str) -> tuple[str, Any]:
        (found,) = [(service, span) for service, span in self.spans if span.name == name]
        return found


class _Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        assert self.path == "/v1/traces"
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = attributes(resource.resource)["service.name"]
            for scope in resource.scope_spans:
                self.server.spans += [(service, span) for span in scope.spans]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def attributes(holder: Any) -> dict[str, Any]:
    return {
        pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in holder.attributes
    }


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def environ(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return settings


class NoWakes:
    def wake(self, job_id: str) -> None:
        """Workers look by themselves here."""

    def reachable(self) -> bool:
        return True


def submitted_over_http(config: Config, sessions: Sessions, tracing: Any, **body: Any) -> str:
    app = create_app(config, sessions=sessions, queue=NoWakes(), tracing=tracing)
    answer = app.test_client().post(
        "/v1/jobs", json={"dataset": "iris", **body}, headers={"traceparent": TRACEPARENT}
    )
    assert answer.status_code == 202
    return str(answer.get_json()["id"])


def test_one_trace_leads_from_the_request_into_the_epochs(
    config: Config,
    sessions: Sessions,
    collector: Collector,
    environ: dict[str, str],
    runner: Callable[..., Runner],
) -> None:
    api, worker = open_tracing("api", environ), open_tracing("worker", environ)
    job_id = submitted_over_http(config, sessions, api, epochs=9)
    runner(tracing=worker).run_until_idle()
    api.close()
    worker.close()
    service, request = collector.named("POST")
    assert service == "descentd-api"
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (TRACE, CALLER)
    assert attributes(request)["http.route"] == "/v1/jobs"
    assert attributes(request)["http.response.status_code"] == 202
    service, attempt = collector.named("attempt")
    assert service == "descentd-worker"
    assert (attempt.trace_id, attempt.parent_span_id) == (request.trace_id, request.span_id)
    assert attributes(attempt)["descentd.job_id"] == job_id
    assert attributes(attempt)["descentd.attempt"] == 1
    epochs = [attributes(event) for event in attempt.events]
    assert [event["epoch"] for event in epochs] == [0, 1, 2, 4, 8]
    assert all(event["cost"] > 0 for event in epochs)
    assert attempt.end_time_unix_nano > attempt.start_time_unix_nano >= request.start_time_unix_nano


def test_an_attempt_that_fails_is_an_error_in_its_trace(
    collector: Collector,
    environ: dict[str, str],
    sessions: Sessions,
    blobs: Any,
    store: Callable[..., str],
    submit: Callable[..., str],
    runner: Callable[..., Runner],
) -> None:
    from service import datasets

    dataset_id = store([[0.0], [1.0]], [0.0, 1.0])
    submit(dataset=dataset_id)
    with sessions.reading() as session:
        blobs.delete(datasets.get(session, "default", dataset_id).blob)
    tracing = open_tracing("worker", environ)
    runner(tracing=tracing).run_until_idle()
    tracing.close()
    _, attempt = collector.named("attempt")
    assert attempt.status.message == "FileNotFoundError"


def test_a_collector_that_is_away_costs_no_job(
    monkeypatch: pytest.MonkeyPatch,
    submit: Callable[..., str],
    runner: Callable[..., Runner],
    job: Callable[[str], Any],
) -> None:
    away = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    monkeypatch.setenv(*next(iter(away.items())))
    tracing = open_tracing("worker", away)
    job_id = submit()
    runner(tracing=tracing).run_until_idle()
    tracing.close()
    assert job(job_id).status == "succeeded"


def test_without_a_collector_nothing_is_loaded() -> None:
    assert isinstance(open_tracing("api", {}), Untraced)
    off = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"}
    assert isinstance(open_tracing("api", off), Untraced)


def test_a_missing_extra_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "service.otlp", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(ConfigError) as refused:
        require({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"})
    assert "OpenTelemetry's packages" in refused.value.faults[0]
