"""The calls about jobs: submit, look at, list, steer, remove."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from descentd_client.asking import Core, asked, get, pages, path, post, query, removed
from descentd_client.bodies import fresh_key
from descentd_client.datasets import upload
from descentd_client.types import DatasetGiven, JobOptions, JobShown, JobSummary, Verdict
from descentd_client.wire import Flow, Request, Stream

# Asked twice, these answer twice the same; resume and retry would find the job queued already.
REPEATABLE_ACTIONS = frozenset({"cancel", "pause"})


def submit(
    core: Core, dataset: DatasetGiven, options: JobOptions, idempotency_key: str | None
) -> Flow[JobShown]:
    """A new job. However often it is sent, under one key it is made once."""
    named = yield from _named(core, dataset)
    headers = {"Idempotency-Key": idempotency_key or fresh_key()}
    body = {"dataset": named, **options}
    return (yield from asked(core, post(path("jobs"), body, headers=headers), JobShown))


def validate(core: Core, dataset: DatasetGiven, options: JobOptions) -> Flow[Verdict]:
    """What the job would be; nothing is stored but an uploaded file."""
    named = yield from _named(core, dataset)
    body = {"dataset": named, **options}
    return (
        yield from asked(core, post(path("jobs"), body, query={"validate_only": "true"}), Verdict)
    )


def _named(core: Core, dataset: DatasetGiven) -> Flow[Any]:
    if isinstance(dataset, os.PathLike):
        return (yield from upload(core, dataset))["id"]
    return dataset


def show(core: Core, job_id: str) -> Flow[JobShown]:
    return (yield from asked(core, get(path("jobs", job_id)), JobShown))


def every(
    core: Core,
    status: str | None,
    name: str | None,
    metadata: Mapping[str, str] | None,
    created_after: datetime | None,
    limit: int | None,
) -> Stream[JobSummary]:
    since = created_after.astimezone(UTC).isoformat() if created_after else None
    chosen = query(status=status, name=name, created_after=since)
    labels = {f"metadata.{label}": value for label, value in (metadata or {}).items()}
    return (yield from pages(core, path("jobs"), {**chosen, **labels}, limit))


def act(core: Core, job_id: str, action: str) -> Flow[JobShown]:
    """Cancel, pause, resume or retry."""
    place = path("jobs", job_id, action)
    request = Request("POST", place, is_repeatable=action in REPEATABLE_ACTIONS)
    return (yield from asked(core, request, JobShown))


def change(core: Core, job_id: str, patch: Mapping[str, Any]) -> Flow[JobShown]:
    """A merge patch of name and metadata: sent twice it changes nothing more."""
    return (
        yield from asked(core, replace(post(path("jobs", job_id), patch), method="PATCH"), JobShown)
    )


def remove(core: Core, job_id: str) -> Flow[None]:
    yield from removed(core, path("jobs", job_id))
