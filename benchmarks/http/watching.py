"""What watching a job costs: pages, pictures, requests, streams, and the training itself."""

from __future__ import annotations

from benchmarks import stacks
from benchmarks.http import event_streams, fast_job, first_load, histories, pictures, requests
from benchmarks.http.running import stand
from benchmarks.tables import Section


def measure() -> list[Section]:
    if stacks.SERVERS not in stacks.available():
        return []
    with stand() as made:
        # The fast job first: what is submitted by the hundred keeps the workers busy
        begun = [part.measure(made) for part in (fast_job, histories)]
        # After the histories: what pages and pictures leave in the API's heap is counted to them
        pages = first_load.measure(made)
        rest = [part.measure(made) for part in (pictures, event_streams, requests)]
        return [*begun, *pages, *rest]
