"""What the numbers of an attempt depend on beside the job itself."""

from __future__ import annotations

import ctypes
import platform
import sys
from pathlib import Path

import numpy as np

from service.version import VERSION

# numpy's wheels bring a library of their own, whose names carry a mark.
KERNEL_NAMES = ("scipy_openblas_get_corename64_", "openblas_get_corename64_")


def describe(threads: int) -> dict[str, str | int]:
    """The libraries, the processor kernel and the threads of this process, for the record."""
    return {
        "descentd": VERSION,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "kernel": _kernel(),
        "threads": threads,
    }


def _kernel() -> str:
    """Which kernel the linear algebra chose for this processor, or "unknown"."""
    for library in _linear_algebra():
        for name in KERNEL_NAMES:
            kernel = getattr(library, name, None)
            if kernel is not None:
                kernel.restype = ctypes.c_char_p
                return str(kernel().decode())
    return "unknown"


def _linear_algebra() -> list[ctypes.CDLL]:
    package = Path(np.__file__).parent
    folders = [package.parent / "numpy.libs", package / ".dylibs"]
    suffix = "*.dylib" if sys.platform == "darwin" else "*.so*"
    return [
        ctypes.CDLL(str(path))
        for folder in folders
        for path in sorted(folder.glob(f"*openblas*{suffix[1:]}"))
    ]
