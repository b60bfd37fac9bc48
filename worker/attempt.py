"""One attempt at one job: train, record, save, and finish, fail or hand back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.checkpoint import Checkpoint
from engine.errors import EngineError
from engine.model import Model
from engine.preparing import Prepared, prepare
from engine.records import EpochRecord
from engine.starting_point import StartingPoint
from engine.table import Table
from engine.training import Training
from service import checkpoints, datasets, starting_points
from service.blobs import Blobs
from service.database.sessions import Sessions
from service.fences import Claim
from service.heartbeat import Heartbeat
from service.telemetry import Span, Untraced
from worker.ledger import Ledger, News
from worker.parting import Parting
from worker.recorder import Recorder

SAVE_SECONDS = 5.0
LOOK_SECONDS = 0.01
TIME_LIMIT = "time_limit"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a worker works: when it has to stop, how often it shows life, how long a job may take.

    `most_seconds` of training, over all attempts, end a job; None for no limit.
    """

    stopping: Callable[[], bool]
    beat_seconds: float
    clock: Callable[[], float]
    most_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """A job's rows made ready, the trained network it goes on from, and where an earlier attempt
    was. The table itself is let go of: a large one would be in memory as long as the job trains.
    """

    prepared: Prepared
    start: StartingPoint | None
    checkpoint: Checkpoint | None


class Attempt:
    """Carries out one claim. Raises ClaimLost once the job is no longer this worker's."""

    def __init__(
        self, sessions: Sessions, blobs: Blobs, claim: Claim, terms: Terms, span: Span | None = None
    ) -> None:
        self._span = span or Untraced()
        self._sessions, self._blobs, self._claim, self._terms = sessions, blobs, claim, terms
        self._ledger = Ledger(sessions, blobs, claim)
        self._heart = Heartbeat(self._ledger.beat, terms.beat_seconds)
        self._recorder = Recorder(self._record, terms.clock)
        self._parting = Parting(terms.stopping, terms.clock)
        self._began = terms.clock()
        self._seconds_before = 0.0
        self._save_at = self._look_at = self._began

    def run(self) -> None:
        with self._heart:
            material = self._material()
            prepared = material.prepared
            self._training = self._start(material)
            for record in self._training.records():
                self._recorder.add(record)
                self._trace(record)
                self._parting.epoch_ended()
                leaving = self._parting.asked()
                if leaving or (record.epoch > 0 and self._terms.clock() >= self._save_at):
                    self._save(prepared)
                if leaving:
                    break
            self._conclude(prepared)

    def _material(self) -> Material:
        claim = self._claim
        with self._sessions.reading() as session:
            start = starting_points.load(session, claim.tenant_id, claim.job_id)
            table = datasets.table_of(session, self._blobs, claim.tenant_id, claim.dataset)
            validation = self._validation_table(session)
        known = start.preprocessing if start else None
        prepared = prepare(claim.spec, table, known, validation)
        return Material(prepared, start, self._last_checkpoint())

    def _validation_table(self, session: Session) -> Table | None:
        name = self._claim.spec.validation_dataset
        if name is None:
            return None
        return datasets.table_of(session, self._blobs, self._claim.tenant_id, name)

    def _last_checkpoint(self) -> Checkpoint | None:
        try:
            with self._sessions.reading() as session:
                return checkpoints.load(session, self._blobs, self._claim.job_id)
        except (OSError, EngineError) as error:
            # All epochs again give the same numbers as those that are left
            log.warning("job %s starts over, its checkpoint is lost: %s", self._claim.job_id, error)
            return None

    def _start(self, material: Material) -> Training:
        starting = material.start.parameters if material.start else None
        checkpoint = material.checkpoint
        state = checkpoint.state if checkpoint else None
        if checkpoint is not None:
            self._seconds_before = checkpoint.state.elapsed_seconds
            log.info("job %s goes on after epoch %d", self._claim.job_id, checkpoint.epoch)
        return Training(
            self._claim.spec,
            material.prepared.data,
            keep_going=self._keep_going,
            starting=starting,
            state=state,
        )

    def _keep_going(self) -> bool:
        # Asked at each batch, which may be over within 20 µs
        now = self._terms.clock()
        if now < self._look_at:
            return True
        self._look_at = now + LOOK_SECONDS
        self._recorder.tick()
        return not (self._heart.lost or self._parting.due() or self._is_out_of_time())

    def _is_out_of_time(self) -> bool:
        most = self._terms.most_seconds
        if most is None:
            return False
        return self._seconds_before + self._terms.clock() - self._began > most

    def _trace(self, record: EpochRecord) -> None:
        # Epochs 0, 1, 2, 4, 8…: some twenty events tell of a million epochs
        if record.epoch & (record.epoch - 1) == 0 or record.epoch == 0:
            numbers = {"cost": record.cost, "validation_cost": record.validation_cost}
            self._span.event("epoch", {"epoch": record.epoch, **numbers})

    def _record(self, records: Sequence[EpochRecord]) -> None:
        self._ledger.record(News(records, self._training.search))

    def _news(self) -> News:
        return News(self._recorder.take(), self._training.search)

    def _save(self, prepared: Prepared) -> None:
        self._save_at = self._terms.clock() + SAVE_SECONDS
        checkpoint = Checkpoint(prepared.preprocessing, self._training.state())
        try:
            stored = self._ledger.put(checkpoint)
        except OSError as error:
            # The job can do without; it may have more to do again if its worker dies
            log.warning("job %s could not be saved: %s", self._claim.job_id, error)
            return
        self._ledger.save(self._news(), checkpoint.epoch, stored)

    def _conclude(self, prepared: Prepared) -> None:
        outcome = self._training.outcome
        if outcome is not None:
            model = Model(self._claim.spec, prepared.preprocessing, outcome.parameters)
            self._ledger.finish(self._news(), outcome, model, self._training.path)
            log.info("job %s: %s", self._claim.job_id, outcome.stop_reason)
        elif self._is_out_of_time():
            most = self._terms.most_seconds
            message = f"The job trained for {most:g} seconds, the most that one may take here."
            self._ledger.fail(self._news(), TIME_LIMIT, message)
        else:
            self._ledger.release(self._news())
            log.info("job %s: handed back", self._claim.job_id)
