"""What Prometheus is told: the requests of this process, and what the database says of all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service import load
from service.counting import COUNTED, labels_of
from service.database.sessions import Sessions
from service.load import Numbers
from service.version import VERSION

PREFIX = "descentd"
BELIEVED_SECONDS = 1.0
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""What stands for a method, or a path, that no route has: whatever is asked, labels stay few."""


class Metrics:
    """One process's counters and histograms, together with the numbers of the whole service."""

    def __init__(self, sessions: Sessions, clock: Callable[[], float] = time.monotonic) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            f"{PREFIX}_http_requests",
            "Requests that this process answered",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            f"{PREFIX}_http_request_seconds",
            "Seconds to the first byte of an answer, of requests that were not held to wait",
            ("method", "route"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._registry.register(_OfTheService(sessions, clock))

    def observe(
        self, method: str, route: str | None, status: int, seconds: float, was_held: bool
    ) -> None:
        """Count one request. `route` is its template, such as `/v1/jobs/<job_id>`."""
        names = (method if method in METHODS else OTHER, route or OTHER)
        self._requests.labels(*names, str(status)).inc()
        if not was_held:
            self._seconds.labels(*names).observe(seconds)

    def text(self) -> bytes:
        """All of it in Prometheus's text format; raises what the database raises."""
        return generate_latest(self._registry)


class _OfTheService(Collector):
    """Looks into the database at a scrape, once a second at most, however many scrape."""

    def __init__(self, sessions: Sessions, clock: Callable[[], float]) -> None:
        self._sessions = sessions
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: tuple[float, Numbers] | None = None

    def describe(self) -> list[Metric]:
        return []  # or else a registry would collect, and ask the database, as it registers

    def collect(self) -> Iterator[Metric]:
        numbers = self._numbers()
        build = GaugeMetricFamily(f"{PREFIX}_build_info", "The version", labels=("version",))
        build.add_metric((VERSION,), 1)
        yield build
        yield from _gauges(numbers)
        yield from _counters(numbers)

    def _numbers(self) -> Numbers:
        with self._lock:
            now = self._clock()
            if self._seen is None or now - self._seen[0] >= BELIEVED_SECONDS:
                with self._sessions.reading() as session:
                    self._seen = now, load.look(session)
            return self._seen[1]


def _gauges(numbers: Numbers) -> Iterator[Metric]:
    jobs = GaugeMetricFamily(f"{PREFIX}_jobs", "Jobs that are not finished", labels=("status",))
    for status, count in numbers.jobs.items():
        jobs.add_metric((status,), count)
    yield jobs
    yield GaugeMetricFamily(
        f"{PREFIX}_oldest_queued_job_seconds",
        "For how long the job has been queued that was queued first; 0 if none is",
        numbers.oldest_queued_seconds,
    )
    processes = GaugeMetricFamily(
        f"{PREFIX}_processes", "Processes that reported within 20 seconds", labels=("kind",)
    )
    for kind in load.KINDS:
        processes.add_metric((kind,), numbers.processes.get(kind, 0))
    yield processes


def _counters(numbers: Numbers) -> Iterator[Metric]:
    families = {
        name: CounterMetricFamily(f"{PREFIX}_{name}", counted.meaning, labels=counted.labels)
        for name, counted in COUNTED.items()
    }
    counts = {(name, each): 0 for name, counted in COUNTED.items() for each in counted.at_first()}
    counts |= {labels_of(key): count for key, count in numbers.totals.items()}
    for (name, labels), count in counts.items():
        if name in families:  # what another version counted may be unknown here
            families[name].add_metric(labels, count)
    yield from families.values()
