"""A descentd service, seen from a program."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Self, Unpack

import httpx

from descentd_client import datasets, jobs, models, progress
from descentd_client.asking import Core, asked, get, path
from descentd_client.driver import Driver
from descentd_client.job import Job
from descentd_client.retries import Retries
from descentd_client.settings import TIMEOUT_SECONDS, Settings
from descentd_client.types import (
    About,
    DatasetGiven,
    DatasetShown,
    DatasetSummary,
    JobOptions,
    JobShown,
    JobSummary,
    Status,
    Step,
    Verdict,
)


class Client:
    """A client that blocks. Threads may share one; use it in a ``with``, or close it.

    Every method raises ProblemError where the service says no, and UnreachableError where it does
    not answer after some attempts.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        key: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        retries: Retries | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """``url`` and ``key`` are by default those of DESCENTD_URL and DESCENTD_API_KEY.

        ``timeout`` is how many seconds the service may be silent where it is not asked to wait.
        """
        self._core = Core(retries or Retries())
        self._driver = Driver(Settings.of(url, key, timeout), transport)

    def close(self) -> None:
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def about(self) -> About:
        """The version of the service, and the limits in force."""
        return self._driver.run(asked(self._core, get(path()), About))

    def submit(
        self,
        dataset: DatasetGiven,
        *,
        idempotency_key: str | None = None,
        **options: Unpack[JobOptions],
    ) -> Job:
        """A new job. A ``Path`` as dataset is uploaded first; a name, an id or rows go along.

        However often the request has to be sent, one job is made.
        """
        flow = jobs.submit(self._core, dataset, options, idempotency_key)
        return self._job(self._driver.run(flow))

    def train(
        self, dataset: DatasetGiven, *, progress_bar: bool = True, **options: Unpack[JobOptions]
    ) -> Job:
        """Submit a job and wait until it has succeeded; with a bar, where stderr is a terminal.

        Raises JobFailedError where it ends or pauses without success. An interrupt (Ctrl-C)
        leaves the job running.
        """
        job = self.submit(dataset, **options)
        with progress.bar(job.epochs, progress_bar) as show:
            for row in job.follow():
                show(row)
        job.require_success()
        return job

    def validate(self, dataset: DatasetGiven, **options: Unpack[JobOptions]) -> Verdict:
        """What a job would be: filled in, counted and estimated. No job is made."""
        return self._driver.run(jobs.validate(self._core, dataset, options))

    def job(self, job_id: str) -> Job:
        """A job by its id; raises NotFoundError."""
        return self._job(self._driver.run(jobs.show(self._core, job_id)))

    def jobs(
        self,
        *,
        status: Status | None = None,
        name: str | None = None,
        metadata: Mapping[str, str] | None = None,
        created_after: datetime | None = None,
        limit: int | None = None,
    ) -> Iterator[JobSummary]:
        """Jobs, newest first, fetched page by page as they are wanted."""
        return self._driver.items(
            jobs.every(self._core, status, name, metadata, created_after, limit)
        )

    def upload(
        self,
        data: os.PathLike[str] | bytes,
        *,
        media_type: str | None = None,
        idempotency_key: str | None = None,
    ) -> DatasetShown:
        """A file, or bytes (CSV unless ``media_type`` says otherwise), as a dataset."""
        return self._driver.run(datasets.upload(self._core, data, media_type, idempotency_key))

    def dataset(self, dataset_id: str) -> DatasetShown:
        return self._driver.run(datasets.show(self._core, dataset_id))

    def datasets(self, *, limit: int | None = None) -> Iterator[DatasetSummary]:
        """Datasets, newest first, fetched page by page as they are wanted."""
        return self._driver.items(datasets.every(self._core, limit))

    def delete_dataset(self, dataset_id: str) -> None:
        """Remove a dataset; raises ConflictError while an unfinished job needs it."""
        self._driver.run(datasets.remove(self._core, dataset_id))

    def step(self, **body: Any) -> Step:
        """One step of gradient descent laid open: of ``network``, ``inputs``, ``targets`` …"""
        return self._driver.run(models.step(self._core, body))

    def _job(self, shown: JobShown) -> Job:
        return Job(self._driver, self._core, shown)
