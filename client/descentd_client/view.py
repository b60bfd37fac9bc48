"""What a job says of itself, as it was last seen."""

from __future__ import annotations

from typing import Any

from descentd_client.errors import JobFailedError
from descentd_client.types import AT_REST, FINISHED, Diagnosis, JobShown, Status


class JobView:
    """A job as it was last seen: ``shown`` is all of it, the properties are what is asked most."""

    def __init__(self, shown: JobShown) -> None:
        self.shown = shown

    @property
    def id(self) -> str:
        return self.shown["id"]

    @property
    def name(self) -> str | None:
        return self.shown["name"]

    @property
    def status(self) -> Status:
        return self.shown["status"]

    @property
    def is_at_rest(self) -> bool:
        """Finished or paused."""
        return self.status in AT_REST

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED

    @property
    def epoch(self) -> int | None:
        """The last epoch in the history; None before the first row."""
        return self.shown["epoch"]

    @property
    def epochs(self) -> int:
        """How many were asked for."""
        return self.shown["epochs"]

    @property
    def cost(self) -> float | None:
        return self.shown["cost"]

    @property
    def validation_cost(self) -> float | None:
        return self.shown["validation_cost"]

    @property
    def metrics(self) -> dict[str, Any] | None:
        """The scores of the model, on training and on validation rows."""
        return self.shown["metrics"]

    @property
    def stop_reason(self) -> str | None:
        return self.shown["stop_reason"]

    @property
    def diagnosis(self) -> Diagnosis | None:
        """What the history says of the learning rate."""
        return self.shown["diagnosis"]

    def require_success(self) -> None:
        """Raise JobFailedError unless the job has succeeded."""
        if self.status != "succeeded":
            raise JobFailedError(self.shown)

    def __repr__(self) -> str:
        cost = "" if self.cost is None else f", cost {self.cost:.4g}"
        return f"<{type(self).__name__} {self.id} {self.status}{cost}>"
