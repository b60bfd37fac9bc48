"""What may be done with a dataset that is kept: name it anew, remove it. Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from service import datasets, unnamed_blobs
from service.builtin_datasets import BUILT_IN
from service.database.tables import Dataset, Job
from service.errors import Conflict
from service.states import FINISHED


def rename(
    session: Session, tenant_id: str, dataset_id: str, changes: Mapping[str, Any]
) -> Dataset:
    """Merge `name`, as RFC 7396 says; raises NotFound, or Conflict of a built-in one."""
    dataset = _locked(session, tenant_id, dataset_id)
    dataset.name = changes.get("name", dataset.name)
    session.flush()
    return dataset


def remove(session: Session, tenant_id: str, dataset_id: str) -> list[str]:
    """Remove a dataset; returns the blobs to delete after the commit.

    Raises NotFound, or Conflict while a job that is not finished needs it, or of a built-in one.
    """
    # A job that is being submitted holds this row: it is seen once the row is ours
    dataset = _locked(session, tenant_id, dataset_id)
    uses = or_(Job.dataset_id == dataset_id, Job.validation_dataset == dataset_id)
    needed = exists().where(uses, Job.status.not_in(FINISHED))
    if session.scalar(select(needed)):
        raise Conflict("A job that is not finished needs this dataset.")
    return take(session, dataset)


def _locked(session: Session, tenant_id: str, dataset_id: str) -> Dataset:
    if dataset_id in BUILT_IN:
        raise Conflict("This dataset is built in: it stays as it is.")
    return datasets.get(session, tenant_id, dataset_id, lock=True)


def take(session: Session, dataset: Dataset) -> list[str]:
    """Remove a dataset whose row is locked; returns the blobs that no row names any more."""
    named = {name for name in (dataset.blob, dataset.stored_blob) if name is not None}
    session.delete(dataset)
    session.flush()
    return list(unnamed_blobs.among(session, named))
