"""How much one job may ask for, as the operator set it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engine.errors import Fault
from engine.estimates import memory_bytes, parameter_count
from engine.spec import TrainingSpec
from engine.table import Table
from service import keeping
from service.config import Config
from service.database.tables import Job
from service.errors import QueueFull, TooLarge
from service.schemas.answers import Limits
from service.states import JobStatus
from service.tables.limits import IngestLimits

RETRY_AFTER_SECONDS = 10


def in_force(config: Config) -> Limits:
    """The limits, as clients are told them."""
    return {
        "body_bytes": config.max_body_bytes,
        "upload_bytes": config.max_upload_bytes,
        "uploads": config.max_uploads,
        "stored_bytes": config.max_stored_bytes or None,
        "rows": config.max_rows,
        "columns": config.max_columns,
        "cells": config.max_cells,
        "parameters": config.max_parameters,
        "epochs": config.max_epochs,
        "memory_bytes": config.max_memory_bytes,
        "job_seconds": config.max_job_seconds or None,
        "queued_jobs": config.max_queued_jobs,
        "running_jobs": config.max_running_jobs or None,
        "requests_per_minute": config.max_requests_per_minute or None,
        "waits": config.max_waits,
        "streams": config.max_streams,
    }


def spec_faults(config: Config, spec: TrainingSpec) -> Iterator[Fault]:
    """What of a spec is more than allowed, its data aside."""
    if spec.epochs > config.max_epochs:
        yield Fault("/epochs", f"must be at most {config.max_epochs}, the most this service runs")


def table_faults(config: Config, table: Table) -> Iterator[Fault]:
    """What of a table is more than allowed."""
    if table.rows > config.max_rows:
        yield Fault("/dataset", f"has {table.rows} rows; {config.max_rows} are the most")
    columns = len(table.fields)
    if columns > config.max_columns:
        yield Fault("/dataset", f"has {columns} columns; {config.max_columns} are the most")
    cells = table.rows * columns
    if cells > config.max_cells:
        yield Fault("/dataset", f"has {cells} cells; {config.max_cells} are the most")


def size_faults(
    config: Config, spec: TrainingSpec, rows: int, features: int, outputs: int
) -> Iterator[Fault]:
    """Whether training a filled spec takes more than allowed: of parameters, of memory."""
    parameters = parameter_count(spec, features, outputs)
    if parameters > config.max_parameters:
        yield Fault(
            "/network/hidden",
            f"makes {parameters} weights and biases; {config.max_parameters} are the most",
        )
    needed, most = memory_bytes(spec, rows, features, outputs), config.max_memory_bytes
    if needed > most:
        smallest = replace(spec, network=replace(spec.network, hidden=()))
        is_the_data = memory_bytes(smallest, rows, features, outputs) > most
        yield Fault(
            "/dataset" if is_the_data else "/network",
            f"needs about {needed} bytes of memory to train; {most} are the most",
        )


def of_ingest(config: Config) -> IngestLimits:
    """How much a file may hold."""
    return IngestLimits(rows=config.max_rows, columns=config.max_columns, cells=config.max_cells)


def require_room_in_store(session: Session, config: Config, tenant_id: str, more: int) -> None:
    """Raise TooLarge where the tenant's datasets have no room for so many bytes more.

    Requests that race may go over the limit by as much as they bring.
    """
    most = config.max_stored_bytes
    if most and keeping.taken_bytes(session, tenant_id) + more > most:
        detail = f"Your datasets would take more than the {most} bytes they may: remove some."
        raise TooLarge(detail)


_mine = select(Job.id).where(
    Job.tenant_id == bindparam("tenant_id"), Job.status == JobStatus.QUEUED
)
# Made once: to put it together takes as long as to ask
_QUEUED = select(func.count()).select_from(_mine.limit(bindparam("most")).subquery())


def require_room_in_queue(session: Session, config: Config, tenant_id: str) -> None:
    """Raise QueueFull where the tenant has no room for one job more.

    Requests that race may go over the limit by as many as they are.
    """
    most = config.max_queued_jobs
    if session.scalar(_QUEUED, {"tenant_id": tenant_id, "most": most}) == most:
        detail = f"There are {most} jobs in your queue, which are the most: wait for some to end."
        raise QueueFull(detail, RETRY_AFTER_SECONDS)
