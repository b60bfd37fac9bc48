"""How much one job may ask for, as the operator set it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.errors import Fault
from engine.estimates import memory_bytes, parameter_count
from engine.preprocessing import Table
from engine.spec import TrainingSpec
from service.config import Config
from service.schemas.answers import Limits


def in_force(config: Config) -> Limits:
    """The limits, as clients are told them."""
    return {
        "body_bytes": config.max_body_bytes,
        "rows": config.max_rows,
        "columns": config.max_columns,
        "parameters": config.max_parameters,
        "epochs": config.max_epochs,
        "memory_bytes": config.max_memory_bytes,
        "waits": config.max_waits,
    }


def spec_faults(config: Config, spec: TrainingSpec) -> Iterator[Fault]:
    """What of a spec is more than allowed, its data aside."""
    if spec.epochs > config.max_epochs:
        yield Fault("/epochs", f"must be at most {config.max_epochs}, the most this service runs")


def table_faults(config: Config, table: Table) -> Iterator[Fault]:
    """What of a table is more than allowed."""
    if table.rows > config.max_rows:
        yield Fault("/dataset", f"has {table.rows} rows; {config.max_rows} are the most")
    columns = len(table.feature_names) + len(table.target_names)
    if columns > config.max_columns:
        yield Fault("/dataset", f"has {columns} columns; {config.max_columns} are the most")


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
