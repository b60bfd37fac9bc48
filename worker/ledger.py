"""All that one attempt writes, each time in one transaction that its claim fences."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.checkpoint import Checkpoint
from engine.model import Model
from engine.path import Path
from engine.range_test import LearningRateSearch
from engine.records import EpochRecord, Outcome
from service import checkpoints, claims, trained_models
from service.blobs import Blobs
from service.database.sessions import Sessions
from service.errors import ClaimLost
from service.fences import Claim
from service.stored_bytes import StoredBytes

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """What a run has to tell: records not written yet, and the search for its learning rate."""

    records: Sequence[EpochRecord] = ()
    search: LearningRateSearch | None = None


class Ledger:
    """Writes for one claim; whatever meets a lost claim raises ClaimLost and changes nothing."""

    def __init__(self, sessions: Sessions, blobs: Blobs, claim: Claim) -> None:
        self._sessions = sessions
        self._blobs = blobs
        self._claim = claim

    def beat(self) -> bool:
        """Show life; False if the claim is lost."""
        with self._sessions.writing() as session:
            holds = claims.beat(session, self._claim)
            session.commit()
        return holds

    def record(self, news: News) -> None:
        with self._writing() as (session, _):
            self._tell(session, news)

    def put(self, checkpoint: Checkpoint) -> StoredBytes:
        """Make a checkpoint fit to be saved; raises OSError where there is no room for it."""
        return checkpoints.put(self._blobs, self._claim, checkpoint)

    def save(self, news: News, epoch: int, stored: StoredBytes) -> None:
        """Keep the checkpoint of an epoch, and the history up to it."""
        with self._writing(stored) as (session, left_over):
            self._tell(session, news)
            left_over.append(checkpoints.save(session, self._claim, epoch, stored))

    def release(self, news: News) -> None:
        """Give the job back to the queue."""
        with self._writing() as (session, _):
            self._tell(session, news)
            claims.release(session, self._claim)

    def finish(self, news: News, outcome: Outcome, model: Model, path: Path) -> None:
        """Write the end of training, its model and its path with it."""
        trained = trained_models.put(self._blobs, self._claim, model)
        with self._writing(trained.stored) as (session, left_over):
            self._tell(session, news)
            left_over.append(claims.finish(session, self._claim, outcome, trained, path))

    def fail(self, news: News, code: str, message: str) -> None:
        """End the job by an error its owner can read."""
        with self._writing() as (session, _):
            self._tell(session, news)
            claims.fail(session, self._claim, code, message)

    def _tell(self, session: Session, news: News) -> None:
        claims.record(session, self._claim, news.records, news.search)

    @contextmanager
    def _writing(
        self, put_before: StoredBytes | None = None
    ) -> Iterator[tuple[Session, list[str | None]]]:
        """A transaction, and a list for the blobs that nothing names once it is committed."""
        left_over: list[str | None] = []
        try:
            with self._sessions.writing() as session:
                yield session, left_over
                session.commit()
        except ClaimLost:
            # Only where it is certain that no row names the blob; else it is cleared away in time
            self._delete(put_before.blob if put_before else None)
            raise
        for name in left_over:
            self._delete(name)

    def _delete(self, name: str | None) -> None:
        try:
            if name is not None:
                self._blobs.delete(name)
        except OSError as error:
            log.warning("%s is left for the clearing away: %s", name, error)
