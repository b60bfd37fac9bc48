"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from threadpoolctl import threadpool_info

PACKAGES = (
    "numpy",
    "scikit-learn",
    "torch",
    "jax",
    "celery",
    "sqlalchemy",
    "granian",
    "psycopg",
    "redis",
)


def describe() -> list[str]:
    """One line each for the processor, the system, the linear algebra and the packages."""
    return [
        f"{_processor()}, {len(os.sched_getaffinity(0))} cores",
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        f"numpy's linear algebra: {_linear_algebra()}",
        ", ".join(f"{name} {found}" for name in PACKAGES if (found := _version(name))),
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _linear_algebra() -> str:
    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    return ", ".join(
        f"{library['internal_api']} {library['version']} ({library['architecture']})"
        for library in libraries
    )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
