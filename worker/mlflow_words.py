"""A job in MLflow's words: parameters, tags, scores, and metrics of its epochs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from service.database.tables import Job
from service.history import NUMBERS, Rows
from service.states import JobStatus

JOB_TAG = "descentd.job"
STATUSES = {
    JobStatus.SUCCEEDED: "FINISHED",
    JobStatus.FAILED: "FAILED",
    JobStatus.CANCELLED: "KILLED",
}
OPT_OUT = ("mlflow", "off")
"""A member of a job's metadata: such a job is not written."""

MOST_CHARACTERS = 500
"""Of a parameter's value, by the least that servers take."""

UNUSABLE = re.compile(r"[^A-Za-z0-9_\-. /]")
Point = tuple[str, float, int, int]
"""A metric's name, its value, when (ms since 1970), and at which epoch."""


def is_wanted(job: Job) -> bool:
    name, value = OPT_OUT
    return job.metadata_.get(name) != value


def parameters_of(job: Job) -> dict[str, str]:
    """The spec as it was filled in, flat: `optimizer.learning_rate`, `network.hidden.0.units`.

    Weights that were sent along are left out.
    """
    spec = dict(job.spec)
    network = spec.get("network", {})
    if isinstance(network.get("weights"), list):
        spec["network"] = {**network, "weights": "sent with the job"}
    flat = {**_flat(spec), "dataset": job.dataset, "parameters": job.parameters}
    return {_usable(name): _text(value) for name, value in flat.items()}


def tags_of(job: Job, diagnosis: Mapping[str, Any] | None) -> dict[str, str]:
    """What it is and how it ended; what it does not have is left out."""
    told = {
        JOB_TAG: job.id,
        "descentd.tenant": job.tenant_id,
        "descentd.attempt": job.attempt,
        "descentd.stop_reason": job.stop_reason,
        "descentd.error": job.error_code and f"{job.error_code}: {job.error_message}",
        "descentd.diagnosis": diagnosis and diagnosis["verdict"],
        "descentd.dataset_sha256": job.dataset_sha256,
        "descentd.weights_sha256": job.weights_sha256,
        "mlflow.note.content": diagnosis and f"{diagnosis['sentence']} {diagnosis['advice']}",
        "mlflow.source.name": "descentd",
        **{f"metadata.{_usable(name)}": value for name, value in job.metadata_.items()},
    }
    return {name: _text(value) for name, value in told.items() if value is not None}


def scores_of(job: Job) -> Iterator[Point]:
    """The scores of the model that are single numbers: `validation.accuracy`, at its epoch."""
    at = ended_at(job)
    for part, scores in (job.metrics or {}).items():
        for name, value in _flat(scores or {}).items():
            if isinstance(value, int | float) and not re.search(r"\.\d", name):
                yield f"{part}.{_usable(name)}", float(value), at, job.model_epoch or 0


def points_of(rows: Rows, began: int, seconds: float) -> Iterator[Point]:
    """Each number of each row, when its epoch was over: `seconds` of training had gone before
    these rows. What is not finite is left out.
    """
    for row in rows:
        seconds += row.seconds
        for name in NUMBERS:
            value = getattr(row, name)
            if value is not None:
                yield name, value, began + round(seconds * 1000), row.epoch


def began_at(job: Job) -> int:
    """When it was first worked on, in ms since 1970."""
    return round((job.started_at or job.created_at).timestamp() * 1000)


def ended_at(job: Job) -> int:
    """When a job that is over came to its end, in ms since 1970."""
    assert job.finished_at is not None
    return round(job.finished_at.timestamp() * 1000)


def _flat(value: Mapping[str, Any], place: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, inner in value.items():
        if isinstance(inner, list) and inner and all(isinstance(each, dict) for each in inner):
            inner = {str(index): each for index, each in enumerate(inner)}  # noqa: PLW2901
        if isinstance(inner, dict):
            flat |= _flat(inner, f"{place}{name}.")
        else:
            flat[f"{place}{name}"] = inner
    return flat


def _usable(name: str) -> str:
    return UNUSABLE.sub("_", name)[:250]


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:MOST_CHARACTERS]
