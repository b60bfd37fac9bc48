"""From a job's body to a job: judged whole against its data, filled in, then submitted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from engine.data_faults import data_faults, output_count
from engine.errors import DataError, Fault
from engine.estimates import memory_bytes, parameter_count, seconds
from engine.filling import fill
from engine.preprocessing import Table
from engine.spec import TrainingSpec
from engine.starting_point import StartingPoint
from service import datasets, jobs, limits, starting_points
from service.blobs import Blobs
from service.builtin_datasets import builtin_sha256
from service.config import Config
from service.database.tables import Job
from service.errors import Invalid, NotFound
from service.ids import well_formed
from service.inline_data import table_from
from service.jobs import Submission
from service.schemas.job_reading import Reading, read_job


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job that has passed every check. `reading.dataset` is a name, an id, or the data."""

    reading: Reading
    spec: TrainingSpec
    rows: int
    features: int
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
        return parameter_count(self.spec, self.features, self.outputs)

    @property
    def memory_bytes(self) -> int:
        """The most memory the training holds at once, about."""
        return memory_bytes(self.spec, self.rows, self.features, self.outputs)

    @property
    def seconds(self) -> float:
        """About how long the training takes."""
        return seconds(self.spec, self.rows, self.features, self.outputs)


def examine(session: Session, blobs: Blobs, tenant_id: str, body: Any, config: Config) -> Wanted:
    """Judge a job's body, as JSON had it; raises Invalid with every fault. Stores nothing."""
    reading, start = read_job(body), None
    found = [*reading.faults, *limits.spec_faults(config, reading.spec)]
    try:
        model = starting_points.source(session, blobs, tenant_id, reading.spec)
    except Invalid as error:
        found += error.faults
    else:
        if model is not None:
            found += filter(reading.believes, starting_points.faults(reading, model))
            reading = starting_points.followed(reading, model)
            start = StartingPoint(model.preprocessing, model.parameters)
    table = None
    try:
        table = _table(session, blobs, tenant_id, reading.dataset)
    except DataError as error:
        found += error.faults
    except NotFound as error:
        found.append(Fault("/dataset", error.detail))
    if table is not None:
        found += filter(reading.believes, _faults_with(table, reading.spec, start, config))
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
        sha256 = _hold(session, tenant_id, dataset)
    else:
        sha256 = builtin_sha256(dataset)
    submission = Submission(
        spec=wanted.spec,
        dataset=dataset,
        features=wanted.features,
        outputs=wanted.outputs,
        parameters=wanted.parameters,
        name=reading.name,
        metadata=reading.metadata,
        priority=reading.priority,
        traceparent=traceparent,
        dataset_sha256=sha256,
    )
    job = jobs.submit(session, tenant_id, submission)
    if wanted.start is not None:
        starting_points.store(session, job, wanted.start)
    return job


def _hold(session: Session, tenant_id: str, dataset_id: str) -> str:
    try:
        return datasets.hold(session, tenant_id, dataset_id)
    except NotFound as error:
        raise Invalid([Fault("/dataset", error.detail)]) from error


def _table(session: Session, blobs: Blobs, tenant_id: str, dataset: Any) -> Table | None:
    if isinstance(dataset, dict):
        return table_from(dataset["inputs"], dataset["targets"])
    return None if dataset is None else datasets.table_of(session, blobs, tenant_id, dataset)


def _faults_with(
    table: Table, spec: TrainingSpec, start: StartingPoint | None, config: Config
) -> Iterator[Fault]:
    yield from limits.table_faults(config, table)
    yield from _target_faults(spec, table)
    unfit = data_faults(spec, table, start.preprocessing if start else None)
    yield from unfit
    if not unfit:
        filled = fill(spec, table)
        yield from limits.size_faults(config, filled, table.rows, *_widths(filled, table, start))


def _target_faults(spec: TrainingSpec, table: Table) -> Iterator[Fault]:
    if spec.target is not None and (spec.target,) != table.target_names:
        named = ", ".join(table.target_names)
        yield Fault("/target", f"must be what the dataset has as its target: {named}")


def _filled(reading: Reading, table: Table, start: StartingPoint | None) -> Wanted:
    spec = fill(reading.spec, table)
    if spec.target is None and len(table.target_names) == 1:
        spec = replace(spec, target=table.target_names[0])
    features, outputs = _widths(spec, table, start)
    return Wanted(reading, spec, table.rows, features, outputs, start)


def _widths(spec: TrainingSpec, table: Table, start: StartingPoint | None) -> tuple[int, int]:
    features = table.inputs.shape[1]
    if start is not None:
        return features, start.preprocessing.outputs(spec.task)
    return features, output_count(spec.task, table)
