"""Models that were asked for lately, kept in memory: the next prediction need not load its own."""

from __future__ import annotations

import threading
from collections import OrderedDict

from engine.model import Model
from service import trained_models
from service.blobs import Blobs
from service.database.sessions import Sessions
from service.trained_models import Identity


class ModelCache:
    """Keeps the models used last, as far as their parameters take `most_bytes` together.

    Which model a job has is looked up each time, and with it whose job it is: a model is never
    given that another has replaced, nor one of a job that is gone.
    """

    def __init__(self, sessions: Sessions, blobs: Blobs, most_bytes: int) -> None:
        self._sessions, self._blobs, self._most_bytes = sessions, blobs, most_bytes
        self._models: OrderedDict[Identity, Model] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """What the parameters of the kept models take."""
        return self._bytes

    def current(self, tenant_id: str, job_id: str) -> Model:
        """The job's model as it is now; raises NotFound, or Conflict where there is none."""
        with self._sessions.reading() as session:
            identity = trained_models.identity(session, tenant_id, job_id)
        model = self._known(identity)
        if model is None:
            # May be of a later checkpoint: then the next one to ask looks for that one's identity
            model = trained_models.current(self._sessions, self._blobs, tenant_id, job_id)
            self._keep(identity, model)
        return model

    def _known(self, identity: Identity) -> Model | None:
        with self._lock:
            model = self._models.get(identity)
            if model is not None:
                self._models.move_to_end(identity)
            return model

    def _keep(self, identity: Identity, model: Model) -> None:
        with self._lock:
            if identity in self._models or model.parameters.nbytes > self._most_bytes:
                return
            self._models[identity] = model
            self._bytes += model.parameters.nbytes
            while self._bytes > self._most_bytes:
                _, oldest = self._models.popitem(last=False)
                self._bytes -= oldest.parameters.nbytes
