"""Changes to what a job is called. Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.errors import Fault
from service import jobs
from service.database.tables import Job
from service.errors import Invalid
from service.schemas.jobs import MAX_METADATA


def patch(session: Session, tenant_id: str, job_id: str, changes: Mapping[str, Any]) -> Job:
    """Merge `name` and `metadata`, as RFC 7396 says. Raises NotFound, Invalid.

    Patches that race are merged one after the other.
    """
    job = jobs.get(session, tenant_id, job_id, lock=True)
    name = changes.get("name", job.name)
    metadata = job.metadata_
    if "metadata" in changes:
        metadata = _merged(metadata, changes["metadata"])
    if (name, metadata) == (job.name, job.metadata_):
        return job
    changed = {"name": name, "metadata_": metadata, "changed": Job.changed + 1}
    mine = update(Job).where(Job.id == job_id).values(changed)
    session.execute(mine.execution_options(synchronize_session=False))
    return jobs.get(session, tenant_id, job_id)


def _merged(metadata: Mapping[str, Any], patch: Mapping[str, Any] | None) -> dict[str, Any]:
    both = {**metadata, **patch} if patch is not None else {}
    kept = {key: value for key, value in both.items() if not _is_taken_away(key, patch)}
    if len(kept) > MAX_METADATA:
        raise Invalid([Fault("/metadata", f"must hold at most {MAX_METADATA}")])
    return kept


def _is_taken_away(key: str, patch: Mapping[str, Any] | None) -> bool:
    return patch is not None and key in patch and patch[key] is None
