"""What the service holds while it is under load: jobs that wait, and memory by part."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from chaos.processes import children, descendants, words

PARTS = ("serve", "worker", "scheduler")
UNFINISHED = "SELECT count(*) FROM jobs WHERE status IN ('queued', 'running')"
KIBIBYTES_PER_MEBIBYTE = 1024


@dataclass(frozen=True)
class Sample:
    """At so many seconds: unfinished jobs, and MiB of memory by part, shared pages by share."""

    seconds: float
    unfinished: int
    memory: dict[str, float]


@dataclass
class Sampler:
    """Takes a sample at each interval, in a thread of its own."""

    up: int  # the process of `descentd up`
    database_url: str
    interval_seconds: float
    samples: list[Sample] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[None]:
        over = threading.Event()
        thread = threading.Thread(target=self._run, args=(over,))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _run(self, over: threading.Event) -> None:
        began = time.monotonic()
        trees = part_trees(self.up)
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            is_over = False
            while not is_over:
                is_over = over.wait(self.interval_seconds)  # and one sample after the end
                (count,) = connection.execute(UNFINISHED).fetchone() or (0,)
                memory = {name: mebibytes(pid) for name, pid in trees.items()}
                self.samples.append(Sample(time.monotonic() - began, count, memory))


def part_trees(up: int) -> dict[str, int]:
    """The process of each part below this `descentd up`."""
    below = {pid: words(pid) for pid in children(up)}
    return {name: pid for name in PARTS for pid, command in below.items() if name in command}


def mebibytes(pid: int) -> float:
    """Of a process and all below it; what several share is counted once."""
    return sum(map(proportional_mebibytes, [pid, *descendants(pid)]))


def proportional_mebibytes(pid: int) -> float:
    """Of a process alone, shared pages by share; 0 where it has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return 0.0
    (line,) = (line for line in text.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / KIBIBYTES_PER_MEBIBYTE


def growth(values: Sequence[float]) -> float:
    """How much more there is in the last fifth than in the second, relative, by medians."""
    fifth = max(1, len(values) // 5)
    before, after = values[fifth : 2 * fifth], values[-fifth:]
    return statistics.median(after) / statistics.median(before) - 1
