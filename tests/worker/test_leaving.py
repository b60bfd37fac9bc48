"""A worker that leaves is gone, whether or not it still hears a signal."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def exit_code(disposition: str, grace_seconds: float) -> int:
    """How a process ends that leaves with SIGTERM so disposed."""
    program = (
        f"import signal; signal.signal(signal.SIGTERM, {disposition});"
        f"from worker.leaving import leave; leave({grace_seconds})"
    )
    return subprocess.run(
        [sys.executable, "-c", program], check=False, cwd=ROOT, timeout=30
    ).returncode


def test_it_obeys_the_signal_where_it_can() -> None:
    assert exit_code("lambda *_: exit(7)", grace_seconds=20) == 7


def test_it_is_ended_by_force_where_it_cannot() -> None:
    assert exit_code("signal.SIG_IGN", grace_seconds=0.05) == -signal.SIGKILL
