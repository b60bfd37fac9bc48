"""Rows of the database → what the service shows of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from service.builtin_datasets import BuiltIn
from service.database.tables import Dataset as DatasetRow
from service.database.tables import Job as JobRow
from service.database.webhook_tables import Delivery as DeliveryRow
from service.deliveries import DeliveryStatus
from service.schemas.answers import Job, JobSummary
from service.schemas.dataset_answers import Column, Dataset, DatasetSummary
from service.schemas.deliveries import Delivery
from service.states import JobStatus
from service.webhooks import WebhookEvent

# What grows with the number of classes or targets is left out of lists.
LARGE_SCORES = ("classes", "confusion_matrix", "targets")
JOB_LINKS = (
    "history",
    "events",
    "cost.svg",
    "surface",
    "model",
    "predictions",
    "evaluations",
    "cancel",
    "pause",
    "resume",
    "retry",
    "deliveries",
)


def job_summary(job: JobRow, now: datetime, root: str) -> JobSummary:
    """What a list shows of a job; `root` is the path below which /v1 lies."""
    return {
        "id": job.id,
        "name": job.name,
        "metadata": job.metadata_,
        "status": job.status,
        "dataset": job.dataset,
        "priority": job.priority,
        "parameters": job.parameters,
        "attempt": job.attempt,
        "epoch": job.epoch,
        "epochs": job.epochs,
        "progress": _progress(job),
        "estimated_finish": _estimated_finish(job, now),
        "cost": job.cost,
        "validation_cost": job.validation_cost,
        "metrics": _headline(job.metrics),  # type: ignore[typeddict-item]
        "best": job.best,  # type: ignore[typeddict-item]
        "model_epoch": job.model_epoch,
        "weights_sha256": job.weights_sha256,
        "learning_rate": job.learning_rate,
        "stop_reason": job.stop_reason,
        "error": {"code": job.error_code, "message": job.error_message or ""}
        if job.error_code
        else None,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "links": _links(f"{root}/v1/jobs/{job.id}", JOB_LINKS),
    }


def job_whole(
    job: JobRow,
    queue_position: int | None,
    diagnosis: dict[str, Any] | None,
    now: datetime,
    root: str,
) -> Job:
    """All that a job shows of itself."""
    spec = spec_whole(job.spec, job.dataset, job.priority, job.webhooks or [])
    return {
        **job_summary(job, now, root),
        "metrics": job.metrics,  # type: ignore[typeddict-item]
        "queue_position": queue_position,
        "diagnosis": diagnosis,  # type: ignore[typeddict-item]
        "environment_changes": job.environment_changes or [],
        "learning_rate_search": job.learning_rate_search,  # type: ignore[typeddict-item]
        "spec": spec,
        "spec_reasons": job.spec_reasons or {},
    }


def spec_whole(
    spec: dict[str, Any], dataset: str | None, priority: int, webhooks: list[Any]
) -> Any:
    """A filled spec, as `engine.spec.to_dict` has it, with what the service adds."""
    return {"dataset": dataset, **spec, "priority": priority, "webhooks": webhooks}


def delivery_whole(delivery: DeliveryRow, url: str, root: str) -> Delivery:
    """All that a delivery shows of itself."""
    this = f"{root}/v1/jobs/{delivery.job_id}/deliveries/{delivery.id}"
    return {
        "id": delivery.id,
        "type": WebhookEvent(delivery.kind),
        "url": url,
        "status": DeliveryStatus(delivery.status),
        "attempts": delivery.attempts,
        "next_attempt_at": delivery.next_attempt_at,
        "answers": delivery.answers,
        "created_at": delivery.created_at,
        "links": {"redeliver": f"{this}/redeliver"},
    }


COLUMN: Column = {
    "name": "",
    "type": "number",
    "is_target": False,
    "min": None,
    "max": None,
    "mean": None,
    "std": None,
    "missing": None,
    "distinct": None,
    "more_distinct": None,
    "examples": [],
    "frequent": [],
}
"""What is not known of a column that was kept before these were counted."""


def dataset_whole(dataset: DatasetRow | BuiltIn, root: str) -> Dataset:
    """All that a dataset shows of itself."""
    columns = [_column(column, dataset.targets) for column in dataset.columns]
    return {**dataset_summary(dataset, root), "columns": columns}


def _column(column: Any, targets: list[str] | None) -> Column:
    shown: Column = {**COLUMN, **column}
    if targets is not None:
        shown["is_target"] = shown["name"] in targets
    return shown


def dataset_summary(dataset: DatasetRow | BuiltIn, root: str) -> DatasetSummary:
    """What a list shows of a dataset."""
    return {
        "id": dataset.id,
        "name": dataset.name,
        "rows": dataset.rows,
        "media_type": dataset.media_type,
        "encoding": dataset.encoding,  # type: ignore[typeddict-item]
        "size_bytes": dataset.size_bytes,
        "sha256": dataset.sha256,
        "created_at": dataset.created_at,
        "links": _links(f"{root}/v1/datasets/{dataset.id}", ("rows", "content")),
    }


def _links(this: str, parts: tuple[str, ...]) -> dict[str, str]:
    return {"self": this, **{part: f"{this}/{part}" for part in parts}}


def _headline(metrics: dict[str, Any] | None) -> dict[str, Any] | None:
    return metrics and {
        part: scores and {k: v for k, v in scores.items() if k not in LARGE_SCORES}
        for part, scores in metrics.items()
    }


def _progress(job: JobRow) -> float:
    """How much is done: all of it, where a job stopped before its last epoch and is content."""
    if job.status is JobStatus.SUCCEEDED:
        return 1.0
    return (job.epoch or 0) / job.epochs


def _estimated_finish(job: JobRow, now: datetime) -> datetime | None:
    """When the last epoch would end, if those to come take as long as the latest took."""
    if job.status is not JobStatus.RUNNING or job.epoch is None or job.epoch_seconds is None:
        return None
    try:
        return now + timedelta(seconds=job.epoch_seconds * (job.epochs - job.epoch))
    except OverflowError:
        return None  # after the last year that a time can name
