"""Where a job's run stood when it was last saved: one checkpoint for each job, the newest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from engine import checkpoint as engine_checkpoint
from service import stored_bytes
from service.blobs import Blobs
from service.database.tables import Checkpoint
from service.fences import Claim
from service.stored_bytes import StoredBytes

FOLDER = "checkpoints"


class Head(NamedTuple):
    """The epoch a checkpoint is of, and the environment its numbers come from."""

    epoch: int
    environment: Mapping[str, Any]


def put(blobs: Blobs, claim: Claim, checkpoint: engine_checkpoint.Checkpoint) -> StoredBytes:
    """Make a checkpoint fit for its row, before the transaction that saves it."""
    return stored_bytes.put(blobs, FOLDER, claim.job_id, checkpoint.to_bytes())


def save(session: Session, claim: Claim, epoch: int, stored: StoredBytes) -> str | None:
    """Keep the checkpoint of a claim that was checked in this transaction, in place of the last.

    The history must hold its epoch by then. Returns the blob that is no longer named, if any, to
    be deleted after the commit.
    """
    left_over = remove(session, claim.job_id)
    session.execute(
        insert(Checkpoint).values(
            job_id=claim.job_id,
            tenant_id=claim.tenant_id,
            attempt=claim.attempt,
            epoch=epoch,
            environment=dict(claim.environment),
            content=stored.content,
            blob=stored.blob,
        )
    )
    return left_over


def remove(session: Session, job_id: str) -> str | None:
    """Forget the job's checkpoint, if it has one; returns its blob, as `save` does."""
    mine = delete(Checkpoint).where(Checkpoint.job_id == job_id)
    return session.execute(mine.returning(Checkpoint.blob)).scalar_one_or_none()


def head(session: Session, job_id: str) -> Head | None:
    """What a checkpoint says of itself; None where there is none."""
    mine = select(Checkpoint.epoch, Checkpoint.environment).where(Checkpoint.job_id == job_id)
    row = session.execute(mine).one_or_none()
    return None if row is None else Head(*row)


def load(session: Session, blobs: Blobs, job_id: str) -> engine_checkpoint.Checkpoint | None:
    """The job's checkpoint, if it has one; raises FileNotFoundError, FramingError.

    A file may be gone because another checkpoint has just replaced the one that was looked up.
    """
    mine = select(Checkpoint.content, Checkpoint.blob).where(Checkpoint.job_id == job_id)
    row = session.execute(mine).one_or_none()
    if row is None:
        return None
    return engine_checkpoint.Checkpoint.from_bytes(stored_bytes.read(blobs, row.content, row.blob))
