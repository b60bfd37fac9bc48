"""A limit of memory is met as an exception, in the process that set it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from worker import memory

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024
TAKE = """
import sys
import numpy as np
from worker import memory
memory.limit(int(sys.argv[1]))
for size in map(int, sys.argv[2:]):
    try:
        taken = np.ones(size, np.uint8)
        taken = None
        print("taken")
    except MemoryError:
        print("refused")
"""


@pytest.mark.skipif(not memory.SIZES.exists(), reason="this system does not tell sizes")
@pytest.mark.parametrize(
    ("most", "told"), [(100, ["taken", "refused", "taken"]), (0, ["taken", "taken", "taken"])]
)
def test_what_goes_beyond_is_refused_and_the_process_goes_on(most: int, told: list[str]) -> None:
    sizes = [90, 700, 90]
    numbers = [str(number * MEGABYTE) for number in (most, *sizes)]
    command = [sys.executable, "-c", TAKE, *numbers]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.split() == told
