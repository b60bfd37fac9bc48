"""What every request needs, wired once by `create_app`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, cast

from flask import current_app

from service.blobs import Blobs
from service.budget import Budget
from service.config import Config
from service.database.fit import SchemaWatch
from service.database.sessions import Sessions
from service.kept_answers import KeptAnswers
from service.key_checks import KeyChecks
from service.last_use import LastUse
from service.metrics import Metrics
from service.model_cache import ModelCache
from service.notifier import Notifier
from service.pictures import DrawnRows
from service.rates import Rates
from service.spool import Spool
from service.streams import Streams
from service.telemetry import Tracing

EXTENSION = "descentd"


class WakeUps(Protocol):
    """The part of `service.queue.Queue` that the API uses."""

    def wake(self, job_id: str) -> None: ...

    def reachable(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Services:
    config: Config
    sessions: Sessions
    schema: SchemaWatch
    blobs: Blobs
    key_checks: KeyChecks
    last_use: LastUse
    rates: Rates
    queue: WakeUps
    metrics: Metrics
    tracing: Tracing
    notifier: Notifier
    streams: Streams
    wait_places: Budget
    stream_places: Budget
    upload_places: Budget
    spool: Spool
    reading_files: AbstractContextManager[object]
    """Held while a process reads a file: only so many do at once."""
    scoring: AbstractContextManager[object]
    """Held while a model is scored on other data: one at a time, for it keeps a processor busy."""
    drawn_rows: DrawnRows
    kept_answers: KeptAnswers
    models: ModelCache
    description: Callable[[], bytes]
    """The OpenAPI document, made once."""


def services() -> Services:
    """The services of the application that handles this request."""
    return cast(Services, current_app.extensions[EXTENSION])
