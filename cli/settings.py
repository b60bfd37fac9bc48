"""The settings of a command: the environment, with the command's options above it."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import click

from service.config import Config
from service.directories import make_private
from service.errors import ConfigError
from service.setting import PREFIX


class BadSettings(click.ClickException):
    """Settings that do not make a configuration; every bad one has a line of its own."""

    exit_code = 2

    def __init__(self, error: ConfigError) -> None:
        super().__init__("\n  ".join(["bad settings", *error.faults]))


def environment(**options: str | int | Path | None) -> dict[str, str]:
    """The process's environment, with each option that was given as the variable it stands for."""
    given = {
        PREFIX + name.upper(): str(value) for name, value in options.items() if value is not None
    }
    return {**os.environ, **given}


def load(**options: str | int | Path | None) -> Config:
    """Read the settings and set the process up by them; raises BadSettings.

    To be called before numpy is imported: the threads of its linear algebra are fixed then.
    """
    environ = environment(**options)
    config = parse(environ)
    _require_telemetry(environ)
    require_mlflow(config)
    os.environ["OPENBLAS_NUM_THREADS"] = str(config.threads)
    make_data_dir(config)
    log_to_stderr(config)
    return config


def _require_telemetry(environ: dict[str, str]) -> None:
    from service.telemetry import require

    try:
        require(environ)
    except ConfigError as error:
        raise BadSettings(error) from error


def require_mlflow(config: Config, find: Callable[[str], object] = find_spec) -> None:
    """Raise BadSettings where jobs are to be written to MLflow and its client is not there."""
    if config.mlflow_url and find("mlflow") is None:
        fault = f"{PREFIX}MLFLOW_URL: needs the package mlflow-skinny; docs/mlflow.md says how"
        raise BadSettings(ConfigError([fault]))


def log_to_stderr(config: Config) -> None:
    from service.logs import set_up

    set_up(config.log_level, config.log_format)


def parse(environ: dict[str, str]) -> Config:
    """Read the settings and do nothing else; raises BadSettings."""
    try:
        return Config.from_environment(environ)
    except ConfigError as error:
        raise BadSettings(error) from error


def make_data_dir(config: Config) -> None:
    """Create the data directory for this user alone; raises ClickException if that fails."""
    try:
        make_private(config.data_dir)
    except OSError as error:
        reason = f"the data directory {config.data_dir} cannot be made: {error.strerror}"
        raise click.ClickException(reason) from error


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
