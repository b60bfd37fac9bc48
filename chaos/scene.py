"""What a fault is given to work with: a service, jobs to submit, chance, and a stop watch."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

from chaos.checks import Accepted, Expected, Flaw, Kind, flaws_of, flaws_of_count
from chaos.client import FINISHED
from chaos.servers import until
from chaos.stack import Stack
from chaos.work import JOBS, LONG, Ending

SETTLE_SECONDS = 120.0


@dataclass(slots=True)
class Scene:
    """One round of one fault. ``chance`` is seeded, so that a round can be done again."""

    stack: Stack
    chance: random.Random
    undisturbed: Mapping[str, Ending]
    recoveries: list[float] = field(default_factory=list)
    notes: dict[str, float] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    deleted: int = 0
    # Ends when the service has been stopped.
    afterwards: ExitStack = field(default_factory=ExitStack)
    _accepted: dict[str, Accepted] = field(default_factory=dict)

    @property
    def accepted(self) -> list[Accepted]:
        return list(self._accepted.values())

    def submit(self, name: str, key: str | None = None) -> str:
        """Submit a job until it is accepted; from then on it has to end as undisturbed."""
        return self.expect(self.stack.client.submit(JOBS[name], key), name)

    def expect(self, job_id: str, name: str, ending: Expected = Expected.AS_UNDISTURBED) -> str:
        """Note how an accepted job has to end."""
        self._accepted[job_id] = Accepted(job_id, name, ending)
        return job_id

    def name_of(self, job_id: str) -> str:
        """Which of the catalogue's jobs it is."""
        return self._accepted[job_id].name

    def forget(self, job_id: str) -> None:
        """A job that was deleted, as was asked for."""
        del self._accepted[job_id]
        self.deleted += 1

    def submit_some(self, long: int = 2, short: int = 2, kinds: Sequence[str] = LONG) -> list[str]:
        """Submit jobs of several kinds, different ones in each round; wait until one runs."""
        names = [*self.chance.sample(kinds, long), *["short"] * short]
        ids = [self.submit(name) for name in names]
        self.until_running(ids[:1])
        return ids

    def until_running(self, ids: Iterable[str]) -> None:
        """Wait until each of the jobs has a row of its history, or has ended."""
        for job_id in ids:
            until(lambda job_id=job_id: self._runs(job_id), 60, f"{job_id} does not run")  # type: ignore[misc]

    def moment(self, longest_seconds: float = 1.5) -> None:
        """Let a random while go by."""
        sleep(self.chance.uniform(0, longest_seconds))

    def blame(self, text: str) -> None:
        """Note that something beside the jobs is not as it should be."""
        self.flaws.append(Flaw(Kind.WRONG, text))

    def must(self, holds: bool, text: str) -> None:
        if not holds:
            self.blame(text)

    def standing(self) -> dict[str, dict[str, Any]]:
        """The jobs that have not finished, as they are now: taken right before a fault."""
        jobs = [self.stack.client.job(job_id) for job_id in self._accepted]
        return {job["id"]: job for job in jobs if job["status"] not in FINISHED}

    def recovered(
        self, standing: Mapping[str, Mapping[str, Any]], since: float | None = None
    ) -> None:
        """Take the time until all jobs that ran have moved on, or any of them if none ran.

        From now, or from another moment of the monotonic clock.
        """
        ran = {job_id: job for job_id, job in standing.items() if job["status"] == "running"}
        started = monotonic() if since is None else since
        if ran:
            for job_id, job in ran.items():
                self._wait(lambda job_id=job_id, job=job: self._moved_on(job_id, job))  # type: ignore[misc]
        elif standing:
            self._wait(lambda: any(self._moved_on(*each) for each in standing.items()))
        self.recoveries.append(monotonic() - started)

    def all_finished(self) -> list[dict[str, Any]]:
        """Wait for the end of every accepted job; those that do not end are as they are."""
        deadline = monotonic() + SETTLE_SECONDS
        ids = list(self._accepted)
        return [self.stack.client.finished(each, deadline - monotonic()) for each in ids]

    def settle(self) -> None:
        """Wait for the end of every accepted job, and note everything that is amiss."""
        for job in self.all_finished():
            accepted = self._accepted[job["id"]]
            undisturbed = self.undisturbed[accepted.name]
            self.flaws += flaws_of(self.stack, accepted, job, undisturbed)
        self.flaws += flaws_of_count(self.stack.sessions, self.accepted, self.deleted)

    def _runs(self, job_id: str) -> bool:
        job = self.stack.client.job(job_id)
        return job["status"] in FINISHED or (job["epoch"] or 0) > 0

    def _moved_on(self, job_id: str, before: Mapping[str, Any]) -> bool:
        job = self.stack.client.job(job_id)
        if job["status"] in FINISHED:
            return True
        return (job["epoch"] or 0) > (before["epoch"] or 0)

    def _wait(self, holds: Callable[[], bool]) -> None:
        try:
            until(holds, SETTLE_SECONDS, "nothing moves on")
        except TimeoutError as error:
            self.blame(str(error))
