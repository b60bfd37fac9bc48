"""What has to hold of every accepted job, whatever was done meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select

from chaos.client import FINISHED
from chaos.stack import Stack
from chaos.work import RESULTS, Ending
from service.database.sessions import Sessions
from service.database.tables import Epoch, Job, JobEvent
from service.states import MOVES, JobStatus


class Expected(StrEnum):
    """How a job may end."""

    AS_UNDISTURBED = "as undisturbed"
    CANCELLED = "cancelled"
    CLEARLY = "as undisturbed, or failed with a reason"


class Kind(StrEnum):
    """What can be amiss."""

    LOST = "lost"
    DOUBLED = "doubled"
    WRONG = "wrong"
    LEFT_OVER = "left over"


@dataclass(frozen=True, slots=True)
class Flaw:
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A job that got its 202, and how it is to end."""

    job_id: str
    name: str
    expected: Expected


def flaws_of(
    stack: Stack, accepted: Accepted, job: Mapping[str, Any], undisturbed: Ending
) -> Iterator[Flaw]:
    """Everything amiss with one job, seen from outside and in the database."""
    shown = f"{accepted.name} {accepted.job_id}"
    if job["status"] not in FINISHED:
        yield Flaw(Kind.LOST, f"{shown} is still {job['status']}, attempt {job['attempt']}")
        return
    ending = Ending.of(stack.client, job)
    yield from _flaws_of_epochs(shown, [row["epoch"] for row in ending.history])
    yield from _flaws_of_moves(shown, _moves(stack.sessions, accepted.job_id), job["status"])
    yield from _flaws_of_ending(shown, accepted.expected, job, ending, undisturbed)


def flaws_of_count(sessions: Sessions, accepted: Sequence[Accepted], deleted: int) -> list[Flaw]:
    """Whether there are as many jobs as were accepted, and no rows of jobs that are gone."""
    flaws = []
    with sessions.reading() as session:
        count = session.scalar(select(func.count()).select_from(Job)) or 0
        known = select(Job.id)
        orphans = session.scalar(select(func.count()).where(Epoch.job_id.not_in(known))) or 0
    if count != len(accepted):
        kind = Kind.LOST if count < len(accepted) else Kind.DOUBLED
        flaws.append(Flaw(kind, f"{count} jobs, {len(accepted)} accepted, {deleted} deleted"))
    if orphans:
        flaws.append(Flaw(Kind.WRONG, f"{orphans} rows of history belong to no job"))
    return flaws


def _flaws_of_epochs(shown: str, epochs: Sequence[int]) -> Iterator[Flaw]:
    if len(set(epochs)) < len(epochs):
        yield Flaw(Kind.DOUBLED, f"{shown} has an epoch twice")
    elif list(epochs) != list(range(len(epochs))):
        yield Flaw(Kind.WRONG, f"{shown} has a gap in its history")


def _moves(sessions: Sessions, job_id: str) -> list[JobStatus]:
    chosen = select(JobEvent.kind).where(JobEvent.job_id == job_id).order_by(JobEvent.id)
    with sessions.reading() as session:
        kinds = session.scalars(chosen).all()
    return [JobStatus(kind.removeprefix("job.")) for kind in kinds if _is_move(kind)]


def _is_move(kind: str) -> bool:
    return kind.removeprefix("job.") in set(JobStatus)


def _flaws_of_moves(shown: str, moves: Sequence[JobStatus], status: str) -> Iterator[Flaw]:
    told = " → ".join(moves)
    if not moves or moves[-1] != status:
        yield Flaw(Kind.WRONG, f"{shown} is {status}, and its events tell {told}")
    if sum(move in FINISHED for move in moves) > 1:
        yield Flaw(Kind.DOUBLED, f"{shown} ended more than once: {told}")
    if any(after not in MOVES[before] for before, after in pairwise(moves)):
        yield Flaw(Kind.WRONG, f"{shown} made a move that does not exist: {told}")


def _flaws_of_ending(
    shown: str, expected: Expected, job: Mapping[str, Any], ending: Ending, undisturbed: Ending
) -> Iterator[Flaw]:
    status = job["status"]
    clear_failure = expected is Expected.CLEARLY and status == "failed" and job["error"]
    if expected is Expected.CANCELLED or clear_failure:
        if status == "succeeded":
            yield Flaw(Kind.WRONG, f"{shown} succeeded, but was cancelled")
        if ending.history != undisturbed.history[: len(ending.history)]:
            yield Flaw(Kind.WRONG, f"{shown} has a history that no undisturbed run has")
        return
    for name in RESULTS:
        if ending.results[name] != undisturbed.results[name]:
            before, after = undisturbed.results[name], ending.results[name]
            error = f" ({job['error']})" if name == "status" else ""
            yield Flaw(Kind.WRONG, f"{shown}: {name} is {after}, not {before}{error}")
    if ending.history != undisturbed.history:
        yield Flaw(Kind.WRONG, f"{shown} has another history than undisturbed")
