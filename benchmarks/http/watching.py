"""What watching a job costs: requests, histories, event streams, and the training itself."""

from __future__ import annotations

from benchmarks import stacks
from benchmarks.http import event_streams, fast_job, histories, requests
from benchmarks.http.running import stand
from benchmarks.tables import Section


def measure() -> list[Section]:
    if stacks.SERVERS not in stacks.available():
        return []
    with stand() as made:
        # The fast job first: what is submitted by the hundred keeps the workers busy
        parts = (fast_job, histories, event_streams, requests)
        return [part.measure(made) for part in parts]
