"""How much memory a job may take in its process. One that wants more fails; the process goes on."""

from __future__ import annotations

import logging
import resource
from pathlib import Path

import numpy as np

# Address space that is set aside rather than used: stacks of threads, arenas of the allocator.
SPARE_BYTES = 256 * 1024 * 1024
SIZES = Path("/proc/self/statm")

log = logging.getLogger(__name__)


def limit(most_bytes: int) -> None:
    """From now on let this process take `most_bytes` more than it has; 0 sets no limit.

    What goes beyond raises MemoryError where it is asked for.
    """
    if most_bytes == 0:
        return
    if not SIZES.exists():
        log.warning("no limit of memory is set: this system does not tell what a process has")
        return
    _let_linear_algebra_set_up()
    most = _taken_bytes() + SPARE_BYTES + most_bytes
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _taken_bytes() -> int:
    return int(SIZES.read_text().split()[0]) * resource.getpagesize()


def _let_linear_algebra_set_up() -> None:
    # Its buffers come with the first product, and it ends the process where it does not get them
    square = np.ones((256, 256))
    _ = square @ square
