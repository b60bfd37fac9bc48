"""Draws the surfaces that readers wait for, one at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from engine.errors import DataError
from engine.landscape import TooFineError, survey
from engine.plane import NoPathError
from engine.preparing import prepare
from engine.problem import InterruptedTrainingError
from engine.spec import from_dict
from service import datasets, paths, surfaces
from service.blobs import Blobs, StoreError
from service.database.sessions import Sessions
from service.database.tables import Job
from service.errors import Conflict, NotFound
from service.schemas.surfaces import surface_bytes
from service.surfaces import Taken

log = logging.getLogger(__name__)

# What may be otherwise in a while: a checkpoint just replaced, a job just resumed, a store away.
PASSING = (OSError, StoreError, Conflict)


class Surveyor:
    """Draws for any job, beside those that train it; `stopping` says when to leave it to others.

    Raises only what the database's client raises.
    """

    def __init__(self, sessions: Sessions, blobs: Blobs, stopping: Callable[[], bool]) -> None:
        self._sessions, self._blobs, self._stopping = sessions, blobs, stopping

    def draw_one(self) -> bool:
        """Draw the wanted surface that is next; False if none is wanted."""
        taken = self._take()
        if taken is None:
            return False
        try:
            self._draw(taken)
        except InterruptedTrainingError:
            self._write(surfaces.put_back, taken)
        except PASSING as error:
            log.warning("the surface of job %s is left for now: %s", taken.wish.job_id, error)
        except SQLAlchemyError:
            raise
        except Exception as error:
            log.info("the surface of job %s is refused", taken.wish.job_id, exc_info=error)
            self._write(surfaces.refuse, taken, *_why(error))
        return True

    def _take(self) -> Taken | None:
        # To look costs little, and mostly there is nothing; to take would keep writers waiting
        with self._sessions.reading() as session:
            if surfaces.waiting(session) == 0:
                return None
        taken: Taken | None = self._write(surfaces.take)
        return taken

    def _draw(self, taken: Taken) -> None:
        wish = taken.wish
        with self._sessions.reading() as session:
            job = session.get(Job, wish.job_id)
            if job is None:
                return
            descent = paths.load(session, self._blobs, job)
            table = datasets.table_of(session, self._blobs, job.tenant_id, job.dataset)
            spec = from_dict(job.spec)
        found = survey(
            spec,
            prepare(spec, table, descent.preprocessing).data.training,
            descent.route,
            directions=wish.directions or None,
            resolution=wish.resolution or None,
            keep_going=lambda: not self._stopping(),
        )
        content = surface_bytes(wish.job_id, descent.model_epoch, found)
        self._write(surfaces.keep, taken, descent.epoch, content)

    def _write(self, use_case: Callable[..., Any], *arguments: Any) -> Any:
        with self._sessions.writing() as session:
            result = use_case(session, *arguments)
            session.commit()
        return result


def _why(error: Exception) -> tuple[str, str]:
    """A code, which is a parameter's name where that is to blame, and a sentence."""
    match error:
        case TooFineError():
            return "resolution", str(error)
        case NoPathError():
            return "directions", f"cannot be path: {error}"
        case MemoryError():
            return "out_of_memory", "The worker had not enough memory to draw this."
        case DataError() | NotFound():
            return "data_error", f"The surface cannot be drawn: {error}"
        case _:
            return "internal_error", "The worker met an error it did not expect while drawing."
