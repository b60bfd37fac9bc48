"""Pictures of J over a plane: asked for by readers, drawn by workers, kept. Nothing here commits.

A picture is a row. A reader who finds none marks one as wanted and comes again; a worker takes
the wanted one that is next, and writes what it drew. Two workers may draw the same, as when the
first seems lost: the numbers are the same, and the second to be done writes nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from engine.errors import Fault
from service import checkpoints, jobs
from service.database.inserts import insert_if_new
from service.database.tables import Job, Surface, TrainedModel
from service.database.types import now
from service.errors import Conflict, Invalid
from service.states import HAS_CHECKPOINT_MODEL

AS_FITS = 0
"""A resolution that the worker chooses, by how much there is to do."""

# Far longer than any picture takes; for wasting no work, not for being right.
LOST_SECONDS = 120.0
MOST_TRIES = 3
GIVEN_UP = "lost", "The worker was lost each time while it drew this."
PARAMETERS = ("resolution", "directions")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which picture of a job: empty `directions`, or `AS_FITS`, leave the choice to the worker."""

    job_id: str
    directions: str = ""
    resolution: int = AS_FITS


@dataclass(frozen=True, slots=True)
class Look:
    """What there is for a wish: the answer, maybe of an earlier epoch, and whether one newer
    still has to be asked for.
    """

    content: bytes | None
    has_to_be_asked: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture that this worker draws now."""

    id: int
    token: str
    wish: Wish


def look(session: Session, tenant_id: str, wish: Wish) -> Look:
    """What there is by now. Raises NotFound; Conflict where the job has no model, or cannot be
    drawn; Invalid where it cannot be drawn in this way.
    """
    job = jobs.get(session, tenant_id, wish.job_id)
    newest = _newest_epoch(session, job)
    row = session.scalar(select(Surface).where(*_is(wish)))
    if row is None:
        return Look(None, has_to_be_asked=True)
    if row.error_code is not None:
        _refuse(row.error_code, row.error_message or "")
    is_current = row.content is not None and (row.epoch or 0) >= newest
    return Look(row.content, has_to_be_asked=not is_current and not row.is_wanted)


def _newest_epoch(session: Session, job: Job) -> int:
    """How far the model is that can be drawn."""
    has_model = select(TrainedModel.epoch).where(TrainedModel.job_id == job.id)
    if session.scalar(has_model) is not None:
        return job.epoch or 0
    head = checkpoints.head(session, job.id) if job.status in HAS_CHECKPOINT_MODEL else None
    if head is None:
        raise Conflict(f"The job is {job.status} and has no model.")
    return head.epoch


def _refuse(code: str, message: str) -> None:
    if code in PARAMETERS:
        raise Invalid([Fault(f"?{code}", message)])
    raise Conflict(message)


def ask(session: Session, tenant_id: str, wish: Wish) -> None:
    """Have the picture drawn."""
    if not insert_if_new(session, Surface, tenant_id=tenant_id, is_wanted=True, **_names(wish)):
        wanted = {"is_wanted": True, "tries": 0}
        session.execute(update(Surface).where(*_is(wish)).values(wanted))


def forget(session: Session, job_id: str) -> None:
    """Forget what was drawn of a job, whose model is another now."""
    session.execute(delete(Surface).where(Surface.job_id == job_id))


def waiting(session: Session) -> int:
    """How many pictures are wanted that no worker draws at the moment."""
    return session.scalar(select(func.count()).select_from(Surface).where(*_is_free())) or 0


def take(session: Session) -> Taken | None:
    """The wanted picture that is next, for this worker to draw; None if there is none."""
    token = secrets.token_hex(16)
    first = select(Surface.id).where(*_is_free()).order_by(Surface.id).limit(1)
    row = session.execute(
        update(Surface)
        .where(Surface.id == first.with_for_update(skip_locked=True).scalar_subquery())
        .values(token=token, taken_at=now(), tries=Surface.tries + 1)
        .returning(Surface.id, Surface.tries, *_NAMED)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        return None
    taken = Taken(row.id, token, Wish(row.job_id, row.directions, row.resolution))
    if row.tries > MOST_TRIES:
        refuse(session, taken, *GIVEN_UP)
        return take(session)
    return taken


def keep(session: Session, taken: Taken, epoch: int, content: bytes) -> None:
    """Write what was drawn of the model of that epoch, unless it is not this worker's any more."""
    _end(session, taken, epoch=epoch, content=content, error_code=None, error_message=None)


def refuse(session: Session, taken: Taken, code: str, message: str) -> None:
    """Say why this cannot be drawn. A code that is a parameter's name tells which to change."""
    _end(session, taken, error_code=code, error_message=message)


def put_back(session: Session, taken: Taken) -> None:
    """Leave the picture to another worker."""
    mine = update(Surface).where(*_held(taken))
    session.execute(mine.values(token=None, taken_at=None, tries=Surface.tries - 1))


def _end(session: Session, taken: Taken, **values: Any) -> None:
    done = {"is_wanted": False, "token": None, "taken_at": None, "tries": 0}
    session.execute(update(Surface).where(*_held(taken)).values(**done, **values))


_NAMED = (Surface.job_id, Surface.directions, Surface.resolution)


def _names(wish: Wish) -> dict[str, Any]:
    return {
        "job_id": wish.job_id,
        "directions": wish.directions,
        "resolution": wish.resolution,
    }


def _is(wish: Wish) -> tuple[ColumnElement[bool], ...]:
    return tuple(getattr(Surface, name) == value for name, value in _names(wish).items())


def _held(taken: Taken) -> tuple[ColumnElement[bool], ...]:
    return Surface.id == taken.id, Surface.token == taken.token


def _is_free() -> tuple[ColumnElement[bool], ...]:
    lost = now() - timedelta(seconds=LOST_SECONDS)
    return Surface.is_wanted.is_(True), or_(Surface.taken_at.is_(None), Surface.taken_at < lost)
