"""What an operator can set: environment variables in, one frozen `Config` out."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.destinations import Allowed
from service.entry_settings import ENTRY
from service.errors import ConfigError
from service.parsing import (
    address,
    blobs,
    days,
    directory,
    host,
    integer,
    name,
    one_of,
    seconds,
    tracking,
)
from service.setting import PREFIX, Setting

EMBEDDED_BROKER = "embedded"
POSTGRES = ("postgresql://", "postgres://")
# Where the service is and with which key, for who talks to it: no settings of the service itself.
OF_THE_CLIENT = frozenset({f"{PREFIX}URL", f"{PREFIX}API_KEY"})
DATABASES = ("sqlite:///", "postgresql+psycopg://", *POSTGRES)
BROKERS = ("redis://", "rediss://")


@dataclass(frozen=True, slots=True)
class Config:
    """The settings in force. `database_url` names its driver, `data_dir` is absolute."""

    database_url: str
    broker_url: str
    data_dir: Path
    blobs_url: str
    cache_bytes: int
    host: str
    port: int
    auth: str
    allowed_hosts: tuple[str, ...]
    key_cache_seconds: float
    session_hours: float
    url_prefix: str
    trusted_proxies: int
    cors_origins: tuple[str, ...]
    max_requests_per_minute: int
    max_body_bytes: int
    max_upload_bytes: int
    max_uploads: int
    max_stored_bytes: int
    max_rows: int
    max_columns: int
    max_cells: int
    max_parameters: int
    max_epochs: int
    max_memory_bytes: int
    max_job_seconds: float
    max_queued_jobs: int
    max_running_jobs: int
    max_waits: int
    max_streams: int
    heartbeat_seconds: float
    lease_seconds: float
    retention_days: float
    threads: int
    worker_memory_bytes: int
    webhook_allow: Allowed
    mlflow_url: str
    mlflow_experiment: str
    log_level: str
    log_format: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Config:
        """Read every `DESCENTD_*` variable; raises ConfigError naming all that is wrong."""
        values, faults = _parsed(environ)
        faults += _unknown(environ) + _disagreements(values)
        if faults:
            raise ConfigError(faults)
        values["database_url"] = _with_driver(values["database_url"], values["data_dir"])
        return cls(**values)

    @staticmethod
    def describe() -> tuple[Setting, ...]:
        """Every setting with its default and meaning, in the order the README lists them."""
        return SETTINGS


def _parsed(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    faults: list[str] = []
    for setting in SETTINGS:
        text = environ.get(setting.name, setting.default)
        try:
            values[setting.field] = setting.parse(text)
        except ValueError as error:
            faults.append(f"{setting.name}: {error}{_shown(text)}")
    return values, faults


def _shown(text: str) -> str:
    # What stands before an @ may be a password, which no log should hold
    return "" if "@" in text else f", not {text!r}"


def _unknown(environ: Mapping[str, str]) -> list[str]:
    known = {setting.name for setting in SETTINGS} | OF_THE_CLIENT
    names = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return [f"{name}: no such setting" for name in names]


def _disagreements(values: Mapping[str, Any]) -> list[str]:
    if values.get("auth") == "off" and not is_loopback(values.get("host", "localhost")):
        return [f"{PREFIX}AUTH: off is allowed on a loopback address only, not {values['host']!r}"]
    return []


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _with_driver(url: str, data_dir: Path) -> str:
    if not url:
        return f"sqlite:///{data_dir / 'descentd.db'}"
    for scheme in POSTGRES:
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "database_url",
        "",
        address("an sqlite:///… or postgresql://… address", DATABASES, words=("",)),
        "Where jobs and results are kept: `sqlite:///…` or `postgresql://…`; "
        "if empty, an SQLite file in the data directory",
    ),
    Setting(
        "broker_url",
        EMBEDDED_BROKER,
        address("'embedded' or a redis://… address", BROKERS, words=(EMBEDDED_BROKER,)),
        "How workers are woken: `embedded` (files in the data directory) or `redis://…`",
    ),
    Setting(
        "data_dir",
        ".descentd",
        directory,
        "The directory of everything kept on disk; made with mode 0700",
    ),
    Setting(
        "blobs_url",
        "",
        blobs,
        "Where datasets and large models are kept: `s3://bucket/prefix?endpoint=…&region=…`; "
        "if empty, files in the data directory",
    ),
    Setting(
        "cache_bytes",
        str(10 * 1024**3),
        integer(0, 1024**5),
        "With `s3://…`, how many bytes of copies the data directory keeps at hand",
    ),
    Setting("host", "127.0.0.1", host, "The address the API listens on"),
    Setting("port", "8000", integer(0, 65535), "The port the API listens on; 0 takes a free one"),
    *ENTRY,
    Setting(
        "max_body_bytes",
        str(16 * 1024 * 1024),
        integer(1024, 1024**4),
        "The largest request body, in bytes; of an upload `DESCENTD_MAX_UPLOAD_BYTES` is",
    ),
    Setting(
        "max_upload_bytes",
        str(2 * 1024**3),
        integer(1024, 1024**5),
        "The largest file that is taken as a dataset, in bytes",
    ),
    Setting("max_uploads", "8", integer(1, 1024), "How many uploads are taken at once"),
    Setting(
        "max_stored_bytes",
        "0",
        integer(0, 1024**5),
        "How many bytes the datasets of one tenant may take, in all; 0 sets no limit",
    ),
    Setting("max_rows", "1000000", integer(1, 10**9), "The most rows a dataset may have"),
    Setting("max_columns", "10000", integer(1, 10**6), "The most columns a dataset may have"),
    Setting(
        "max_cells",
        "100000000",
        integer(1, 10**12),
        "The most cells a dataset may have: its rows times its columns",
    ),
    Setting(
        "max_parameters",
        "10000000",
        integer(1, 10**9),
        "The most weights and biases a network may have",
    ),
    Setting("max_epochs", "1000000", integer(1, 10**9), "The most epochs a job may ask for"),
    Setting(
        "max_memory_bytes",
        str(2 * 1024**3),
        integer(1024, 1024**5),
        "The most memory a training may take by its estimate, in each worker process, in bytes",
    ),
    Setting(
        "max_job_seconds",
        "0",
        seconds(0, 10**9),
        "How long one job may train, all its attempts together, in seconds; 0 sets no limit",
    ),
    Setting(
        "max_queued_jobs",
        "10000",
        integer(1, 10**9),
        "How many jobs of one tenant may be queued at once",
    ),
    Setting(
        "max_running_jobs",
        "0",
        integer(0, 10**9),
        "How many jobs of one tenant may run at once; 0 sets no limit",
    ),
    Setting("max_waits", "100", integer(1, 10**5), "How many long polls are held at once"),
    Setting("max_streams", "500", integer(1, 10**5), "How many event streams are held at once"),
    Setting(
        "heartbeat_seconds",
        "15",
        seconds(0.1, 3600),
        "After how many seconds of silence an event stream shows that it lives",
    ),
    Setting(
        "lease_seconds",
        "15",
        seconds(1, 3600),
        "How long a worker may be silent before its job is given to another, in seconds",
    ),
    Setting(
        "retention_days",
        "0",
        days(0, 36500),
        "After how many days finished jobs, and datasets that no job needs, are removed; "
        "0 keeps them",
    ),
    Setting("threads", "1", integer(1, 1024), "Threads of linear algebra in each worker process"),
    Setting(
        "worker_memory_bytes",
        "0",
        integer(0, 1024**5),
        "The most memory a job may take in its worker process, in bytes; 0 sets no limit",
    ),
    Setting(
        "webhook_allow",
        "",
        Allowed.parse,
        "Where webhooks may lead beside public addresses by https: host names, addresses and "
        "networks, with commas between",
    ),
    Setting(
        "mlflow_url",
        "",
        tracking,
        "The MLflow tracking server that ended jobs are written to; needs the extra `mlflow`",
    ),
    Setting("mlflow_experiment", "descentd", name, "The experiment of MLflow they are runs of"),
    Setting(
        "log_level",
        "info",
        one_of("debug", "info", "warning", "error"),
        "The least severe messages that are logged",
    ),
    Setting(
        "log_format",
        "text",
        one_of("text", "json"),
        "How a line of the log is written: `text` for people, `json` for programs",
    ),
)
