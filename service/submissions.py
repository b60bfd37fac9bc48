"""From a job's body to a job: judged whole against its data, filled in, then submitted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.data_faults import data_faults
from engine.errors import DataError, Fault
from engine.estimates import memory_bytes, parameter_count, seconds
from engine.filling import fill, reasons
from engine.preparing import VALIDATION, Source, widths
from engine.preprocessing import Preprocessing
from engine.spec import TrainingSpec
from engine.starting_point import StartingPoint
from engine.table import Table
from service import datasets, jobs, limits, starting_points, webhooks
from service.blobs import Blobs
from service.builtin_datasets import builtin_sha256
from service.config import Config
from service.database.tables import Job
from service.errors import Invalid, NotFound
from service.ids import well_formed
from service.inline_data import table_from
from service.jobs import Submission
from service.schemas.job_reading import Reading, read_job

DATASET = "/dataset"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job that has passed every check. `reading.dataset` is a name, an id, or the data.

    `inputs` and `outputs` are those of the network; `reasons` say why what was left open was
    filled as it was, by the pointer to it.
    """

    reading: Reading
    spec: TrainingSpec
    reasons: dict[str, str]
    rows: int
    inputs: int
    outputs: int
    start: StartingPoint | None

    @property
    def dataset_name(self) -> str | None:
        """The name or id of the dataset; None for data that came in the body."""
        dataset = self.reading.dataset
        return dataset if isinstance(dataset, str) else None

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        return parameter_count(self.spec, self.inputs, self.outputs)

    @property
    def memory_bytes(self) -> int:
        """The most memory the training holds at once, about."""
        return memory_bytes(self.spec, self.rows, self.inputs, self.outputs)

    @property
    def seconds(self) -> float:
        """About how long the training takes."""
        return seconds(self.spec, self.rows, self.inputs, self.outputs)


def examine(session: Session, blobs: Blobs, tenant_id: str, body: Any, config: Config) -> Wanted:
    """Judge a job's body, as JSON had it; raises Invalid with every fault. Stores nothing."""
    reading, start = read_job(body), None
    found = [*reading.faults, *limits.spec_faults(config, reading.spec)]
    found += webhooks.url_faults(reading.webhooks, config.webhook_allow)
    try:
        model = starting_points.source(session, blobs, tenant_id, reading.spec)
    except Invalid as error:
        found += error.faults
    else:
        if model is not None:
            found += filter(reading.believes, starting_points.faults(reading, model))
            reading = starting_points.followed(reading, model)
            start = StartingPoint(model.preprocessing, model.parameters)
    tables = _Tables(session, blobs, tenant_id)
    table = tables.read(reading.dataset, DATASET)
    held = tables.read(reading.spec.validation_dataset, VALIDATION)
    found += tables.faults
    known = start.preprocessing if start else None
    if table is not None:
        unfit = _faults_with(table, reading.spec, known, held, config)
        found += filter(reading.believes, unfit)
    if table is None or found:
        raise Invalid(found)
    return _filled(reading, table, start)


def submit(
    session: Session, blobs: Blobs, tenant_id: str, wanted: Wanted, traceparent: str | None
) -> Job:
    """Add the job, and its data where the body held them; raises Invalid for data just gone."""
    reading = wanted.reading
    dataset = reading.dataset
    if isinstance(dataset, dict):
        kept = datasets.add_inline(session, blobs, tenant_id, dataset["inputs"], dataset["targets"])
        dataset, sha256 = kept.id, kept.sha256
    elif well_formed("ds", dataset):
        sha256 = _hold(session, tenant_id, dataset, DATASET)
    else:
        sha256 = builtin_sha256(dataset)
    validation = wanted.spec.validation_dataset
    if validation is not None and well_formed("ds", validation):
        _hold(session, tenant_id, validation, VALIDATION)
    submission = Submission(
        spec=wanted.spec,
        dataset=dataset,
        validation_dataset=validation,
        spec_reasons=wanted.reasons,
        features=wanted.inputs,
        outputs=wanted.outputs,
        parameters=wanted.parameters,
        name=reading.name,
        metadata=reading.metadata,
        priority=reading.priority,
        traceparent=traceparent,
        webhooks=reading.webhooks,
        dataset_sha256=sha256,
    )
    job = jobs.submit(session, tenant_id, submission)
    if wanted.start is not None:
        starting_points.store(session, job, wanted.start)
    return job


def _hold(session: Session, tenant_id: str, dataset_id: str, pointer: str) -> str:
    try:
        return datasets.hold(session, tenant_id, dataset_id)
    except NotFound as error:
        raise Invalid([Fault(pointer, error.detail)]) from error


class _Tables:
    """Reads the data that a body names or holds, and gathers what is wrong with them."""

    def __init__(self, session: Session, blobs: Blobs, tenant_id: str) -> None:
        self._session, self._blobs, self._tenant_id = session, blobs, tenant_id
        self.faults: list[Fault] = []

    def read(self, dataset: Any, pointer: str) -> Table | None:
        """The table; None where there is none, or a fault."""
        try:
            if isinstance(dataset, dict):
                return table_from(dataset["inputs"], dataset["targets"])
            if dataset is not None:
                return datasets.table_of(self._session, self._blobs, self._tenant_id, dataset)
        except DataError as error:
            self.faults += error.faults
        except NotFound as error:
            self.faults.append(Fault(pointer, error.detail))
        return None


def _faults_with(
    table: Table,
    spec: TrainingSpec,
    known: Preprocessing | None,
    validation: Table | None,
    config: Config,
) -> Iterator[Fault]:
    yield from limits.table_faults(config, table)
    unfit = data_faults(spec, table, known, validation)
    yield from unfit
    if not unfit:
        filled = fill(spec, table, known)
        sizes = widths(filled, Source.of(filled, table, known), known)
        rows = table.rows + (validation.rows if validation is not None else 0)
        yield from limits.size_faults(config, filled, rows, *sizes)


def _filled(reading: Reading, table: Table, start: StartingPoint | None) -> Wanted:
    known = start.preprocessing if start else None
    spec = fill(reading.spec, table, known)
    inputs, outputs = widths(spec, Source.of(spec, table, known), known)
    why = reasons(reading.spec, table, known)
    return Wanted(reading, spec, why, table.rows, inputs, outputs, start)
