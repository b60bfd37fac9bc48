"""One flag for a worker and the processes forked from it: time to hand the jobs back."""

from __future__ import annotations

import mmap


class StopFlag:
    """A byte of memory that a process shares with its forked children; once set, it stays so."""

    def __init__(self) -> None:
        self._byte = mmap.mmap(-1, 1)

    def set(self) -> None:
        self._byte[0] = 1

    def is_set(self) -> bool:
        return self._byte[0] == 1
