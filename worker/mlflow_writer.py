"""Writes one ended job to a tracking server, by MLflow's own client. Needs the extra.

Whatever is written twice is the same twice: the run is found again by its tag, and metrics have
the times of their epochs.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from typing import TypeVar

# To be set before MLflow reads them; the operator's own go first. A server that is away must not
# be waited for: the whole job is tried again.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
# Nobody but the tracking server is told of anything
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from sqlalchemy import func, select

from service import diagnoses, history, jobs
from service.blobs import Blobs
from service.database.sessions import Sessions
from service.database.tables import Epoch, Job
from service.errors import Conflict
from service.exports import exporting
from service.exports.formats import FORMATS
from service.mlflow_runs import Writing
from worker import mlflow_words as words
from worker.mlflow_words import Point

METRICS_AT_ONCE = 1000
PARAMETERS_AT_ONCE = 100
ROWS_AT_ONCE = METRICS_AT_ONCE // len(history.NUMBERS)
MODEL_FORMATS = ("json", "onnx")
MODEL_FOLDER = "model"

Item = TypeVar("Item")
Reached = Callable[[str, int | None], None]
"""Notes the run's id and the last epoch it has; raises where the job is another's by now."""


class MlflowWriter:
    """`experiment` is made where there is none of that name."""

    def __init__(self, sessions: Sessions, blobs: Blobs, url: str, experiment: str) -> None:
        self._sessions = sessions
        self._blobs = blobs
        self._experiment = experiment
        self._client = MlflowClient(tracking_uri=url)

    def write(self, writing: Writing, reached: Reached) -> None:
        """Bring the job's run up to what the job is; raises whatever MLflow's client raises."""
        with self._sessions.reading() as session:
            job = jobs.get(session, writing.tenant_id, writing.job_id)
            tags = words.tags_of(job, diagnoses.of(session, job))
        # One that was retried since is written when it has ended again
        if job.finished_at is None or not words.is_wanted(job):
            return
        run_id = writing.run_id or self._run_of(job)
        reached(run_id, writing.epoch)
        self._describe(run_id, job, tags)
        self._write_history(run_id, job, writing.epoch, reached)
        self._log(run_id, words.scores_of(job))
        self._write_model(run_id, job)
        ended = words.ended_at(job)
        self._client.set_terminated(run_id, words.STATUSES[job.status], ended)

    def _run_of(self, job: Job) -> str:
        """The run of this job, which an attempt that broke off may have made already."""
        experiment = self._experiment_id()
        mine = f"tags.`{words.JOB_TAG}` = '{job.id}'"
        found = self._client.search_runs([experiment], filter_string=mine, max_results=1)
        if found:
            return str(found[0].info.run_id)
        made = self._client.create_run(
            experiment,
            start_time=words.began_at(job),
            run_name=job.name or job.id,
            tags={words.JOB_TAG: job.id},
        )
        return str(made.info.run_id)

    def _experiment_id(self) -> str:
        found = self._client.get_experiment_by_name(self._experiment)
        if found is not None:
            return str(found.experiment_id)
        try:
            return str(self._client.create_experiment(self._experiment))
        except MlflowException:
            # Made by another in the meantime; or it cannot be made, which the look below tells
            found = self._client.get_experiment_by_name(self._experiment)
            if found is None:
                raise
            return str(found.experiment_id)

    def _describe(self, run_id: str, job: Job, tags: dict[str, str]) -> None:
        self._client.log_batch(run_id, tags=[RunTag(*tag) for tag in tags.items()])
        for some in _pieces(words.parameters_of(job).items(), PARAMETERS_AT_ONCE):
            self._client.log_batch(run_id, params=[Param(*each) for each in some])

    def _write_history(self, run_id: str, job: Job, after: int | None, reached: Reached) -> None:
        began = words.began_at(job)
        first, last = 0 if after is None else after + 1, -1 if job.epoch is None else job.epoch
        seconds = self._seconds_before(job.id, first)
        for start in range(first, last + 1, ROWS_AT_ONCE):
            end = min(last, start + ROWS_AT_ONCE - 1)
            with self._sessions.reading() as session:
                rows = history.rows(session, job.id, start, end)
            self._log(run_id, words.points_of(rows, began, seconds))
            seconds += sum(row.seconds for row in rows)
            reached(run_id, end)

    def _seconds_before(self, job_id: str, epoch: int) -> float:
        before = select(func.sum(Epoch.seconds)).where(Epoch.job_id == job_id, Epoch.epoch < epoch)
        with self._sessions.reading() as session:
            return session.scalar(before) or 0.0

    def _log(self, run_id: str, points: Iterable[Point]) -> None:
        for some in _pieces(points, METRICS_AT_ONCE):
            self._client.log_batch(run_id, metrics=[Metric(*point) for point in some])

    def _write_model(self, run_id: str, job: Job) -> None:
        """The model, where there is one, in the formats that can hold it."""
        with tempfile.TemporaryDirectory(prefix="descentd-mlflow-") as folder:
            for suffix in MODEL_FORMATS:
                path = Path(folder, f"model.{suffix}")
                try:
                    contents = exporting.contents_of(
                        self._sessions, self._blobs, job.tenant_id, job.id
                    )
                    with FORMATS[suffix].written(contents) as model, path.open("wb") as file:
                        copyfileobj(model, file)
                except Conflict:
                    continue
                self._client.log_artifact(run_id, str(path), MODEL_FOLDER)


def _pieces(items: Iterable[Item], most: int) -> Iterator[list[Item]]:
    source = iter(items)
    while piece := list(islice(source, most)):
        yield piece
