"""A job in hand: look, wait, follow, steer, and take what it has learnt."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from descentd_client import following, history, jobs, models, waiting
from descentd_client.asking import Core
from descentd_client.driver import Driver
from descentd_client.files import format_of, whole
from descentd_client.history import History
from descentd_client.types import (
    DatasetGiven,
    HistoryRow,
    Inputs,
    JobShown,
    ModelFormat,
    Predictions,
)
from descentd_client.view import JobView


class Job(JobView):
    """A job on the service. Its properties are as of the last call that saw it."""

    def __init__(self, driver: Driver, core: Core, shown: JobShown) -> None:
        super().__init__(shown)
        self._driver = driver
        self._core = core

    def refresh(self) -> Self:
        """See it anew."""
        self.shown = self._driver.run(jobs.show(self._core, self.id))
        return self

    def wait(self, timeout: float | None = None) -> Self:
        """Wait until it is finished or paused; raises WaitTimeoutError after so many seconds."""
        self.shown = self._driver.run(waiting.at_rest(self._core, self.id, timeout))
        return self

    def follow(self, after_epoch: int | None = None) -> Iterator[HistoryRow]:
        """Each row of the history, once and in order, until the job is finished or paused."""
        flow = following.follow(self._core, self.id, after_epoch, self._see)
        return self._driver.items(flow)

    def history(self, *, after_epoch: int | None = None, points: int | None = None) -> History:
        """The history so far; with ``points``, at most so many rows that show its shape."""
        return self._driver.run(history.read(self._core, self.id, after_epoch, points))

    def predict(self, inputs: Inputs) -> Predictions:
        """What the model says of raw rows."""
        return self._driver.run(models.predict(self._core, self.id, inputs))

    def predict_file(
        self, file: str | os.PathLike[str], media_type: str | None = None
    ) -> Iterator[bytes]:
        """What the model says of a file's rows, CSV or NDJSON, gzipped or not: a file of the same
        form, piece by piece as it comes. Neither is in memory as a whole.
        """
        flow = models.predict_file(self._core, self.id, Path(file), media_type)
        return self._driver.items(flow)

    def evaluate(self, dataset: DatasetGiven) -> dict[str, Any]:
        """The scores of the model on other data."""
        return self._driver.run(models.evaluate(self._core, self.id, dataset))

    def download(self, file_format: ModelFormat = "json") -> bytes:
        """The model as a file's bytes."""
        flow = models.model(self._core, self.id, file_format)
        pieces: list[bytes] = list(self._driver.items(flow))
        return b"".join(pieces)

    def save(self, path: str | os.PathLike[str], file_format: ModelFormat | None = None) -> None:
        """Write the model into a file, in the format that its name tells unless it is given."""
        flow = models.model(self._core, self.id, file_format or format_of(path))
        with whole(path) as file:
            for piece in self._driver.items(flow):
                file.write(piece)

    def cancel(self) -> Self:
        """Stop it for good; what it has learnt by then is kept."""
        return self._act("cancel")

    def pause(self) -> Self:
        return self._act("pause")

    def resume(self) -> Self:
        """Let a paused job go on; it ends with the numbers it would have had."""
        return self._act("resume")

    def retry(self) -> Self:
        """Let a failed or cancelled job go on from its last checkpoint."""
        return self._act("retry")

    def change(self, **patch: Any) -> Self:
        """Change ``name`` or ``metadata``: what is not named stays, None takes away."""
        self.shown = self._driver.run(jobs.change(self._core, self.id, patch))
        return self

    def delete(self) -> None:
        """Remove a finished job with its history and model."""
        self._driver.run(jobs.remove(self._core, self.id))

    def _act(self, action: str) -> Self:
        self.shown = self._driver.run(jobs.act(self._core, self.id, action))
        return self

    def _see(self, shown: JobShown) -> None:
        self.shown = shown
