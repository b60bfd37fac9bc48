"""Models that were asked for lately, kept in memory: the next prediction need not load its own."""

from __future__ import annotations

from engine.model import Model
from service import trained_models
from service.blobs import Blobs
from service.database.sessions import Sessions
from service.lately_used import LatelyUsed
from service.trained_models import Identity


class ModelCache:
    """Keeps the models used last, as far as their parameters take `most_bytes` together.

    Which model a job has is looked up each time, and with it whose job it is: a model is never
    given that another has replaced, nor one of a job that is gone.
    """

    def __init__(self, sessions: Sessions, blobs: Blobs, most_bytes: int) -> None:
        self._sessions, self._blobs = sessions, blobs
        self._models: LatelyUsed[Identity, Model] = LatelyUsed(most_bytes, _bytes_of)

    @property
    def bytes(self) -> int:
        """What the parameters of the kept models take."""
        return self._models.size

    def current(self, tenant_id: str, job_id: str) -> Model:
        """The job's model as it is now; raises NotFound, or Conflict where there is none."""
        with self._sessions.reading() as session:
            identity = trained_models.identity(session, tenant_id, job_id)
        model = self._models.get(identity)
        if model is None:
            # May be of a later checkpoint: then the next one to ask looks for that one's identity
            model = trained_models.current(self._sessions, self._blobs, tenant_id, job_id)
            self._models.keep(identity, model)
        return model


def _bytes_of(model: Model) -> int:
    return int(model.parameters.nbytes)
