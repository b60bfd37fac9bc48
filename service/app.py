"""The one place where the HTTP face is wired."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from threading import Lock, Semaphore
from typing import Any

from flask import Flask

from service import access, compression, edges, problems, security
from service.api import (
    actions,
    datasets,
    deliveries,
    evaluations,
    events,
    history,
    ids,
    jobs,
    keys,
    models,
    pictures,
    predictions,
    session,
    steps,
    surfaces,
    system,
    uploads,
    web,
)
from service.api.responses import json_bytes
from service.api.services import EXTENSION, Services, WakeUps
from service.blobs import open_blobs
from service.budget import Budget
from service.config import Config
from service.database.fit import SchemaWatch
from service.database.sessions import Sessions
from service.jobs import Mark, marks
from service.kept_answers import KeptAnswers
from service.key_checks import KeyChecks
from service.last_use import LastUse
from service.metrics import Metrics
from service.model_cache import ModelCache
from service.notifier import Look, Notifier
from service.openapi import document
from service.pictures import DrawnRows
from service.queue import Queue
from service.rates import Rates
from service.spool import Spool
from service.streams import Streams
from service.telemetry import Tracing, Untraced
from service.version import VERSION

BLUEPRINTS = (
    system,
    web,
    jobs,
    actions,
    history,
    events,
    models,
    predictions,
    evaluations,
    pictures,
    surfaces,
    datasets,
    uploads,
    steps,
    keys,
    session,
    deliveries,
)
WAITS_REFUSAL = "As many requests are waiting as this service holds at once."
STREAMS_REFUSAL = "As many event streams are open as this service holds at once."
STREAMS_RETRY_SECONDS = 5  # a stream is held for long
UPLOADS_REFUSAL = "As many uploads are under way as this service takes at once."
UPLOADS_RETRY_SECONDS = 5
# Each is a process of its own, with memory of its own
FILES_READ_AT_ONCE = 2
KEPT_MODEL_BYTES = 64 * 1024 * 1024
KEPT_ANSWER_BYTES = 16 * 1024 * 1024


class _Synchronous(Flask):
    """Flask, but for asking of every function at every request whether it is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(
    config: Config,
    *,
    sessions: Sessions | None = None,
    queue: WakeUps | None = None,
    tracing: Tracing | None = None,
) -> Flask:
    """The WSGI application. What is not given is made from `config`; nothing is connected yet."""
    app = _Synchronous("descentd", static_folder=None)
    sessions = sessions or Sessions.of(config)
    notifier = Notifier(_look(sessions))

    @cache
    def description() -> bytes:
        return json_bytes(document(app, VERSION, needs_key=config.auth == "keys"))

    blobs = open_blobs(config)
    app.extensions[EXTENSION] = Services(
        config=config,
        sessions=sessions,
        schema=SchemaWatch(sessions),
        blobs=blobs,
        key_checks=KeyChecks(sessions, config.key_cache_seconds),
        last_use=LastUse(sessions),
        rates=Rates.of(config),
        queue=queue or Queue(config),
        metrics=Metrics(sessions),
        tracing=tracing or Untraced(),
        notifier=notifier,
        streams=Streams(sessions, notifier, config.heartbeat_seconds),
        wait_places=Budget(config.max_waits, WAITS_REFUSAL),
        stream_places=Budget(config.max_streams, STREAMS_REFUSAL, STREAMS_RETRY_SECONDS),
        upload_places=Budget(config.max_uploads, UPLOADS_REFUSAL, UPLOADS_RETRY_SECONDS),
        spool=Spool(config.data_dir / "spool"),
        reading_files=Semaphore(FILES_READ_AT_ONCE),
        scoring=Lock(),
        drawn_rows=DrawnRows(),
        kept_answers=KeptAnswers(KEPT_ANSWER_BYTES),
        models=ModelCache(sessions, blobs, KEPT_MODEL_BYTES),
        description=description,
    )
    problems.register(app)
    compression.register(app)
    security.register(app)
    access.register(app)
    ids.register(app)
    for module in BLUEPRINTS:
        app.register_blueprint(module.blueprint)
    edges.wrap(app, config)
    return app


def _look(sessions: Sessions) -> Look:
    def look(job_ids: Collection[str]) -> Mapping[str, Mark]:
        with sessions.reading() as session:
            return marks(session, job_ids)

    return look
