"""A tenant's model, made ready for a file."""

from __future__ import annotations

from service import jobs, trained_models
from service.blobs import Blobs
from service.database.sessions import Sessions
from service.exports.contents import Contents


def contents_of(sessions: Sessions, blobs: Blobs, tenant_id: str, job_id: str) -> Contents:
    """What a file of the job's model holds; raises NotFound, or Conflict where there is none."""
    model = trained_models.current(sessions, blobs, tenant_id, job_id)
    with sessions.reading() as session:
        return Contents.of(jobs.get(session, tenant_id, job_id), model)
