"""What is asked of a running service: on each stack, its latency and many jobs; then accuracy."""

from __future__ import annotations

from benchmarks import accuracy, latency, load, stacks
from benchmarks.tables import Section


def measure() -> list[Section]:
    latencies, bursts, sections = {}, {}, []
    for stack in stacks.available():
        with stacks.client(stack) as http:
            latencies[stack] = latency.measure(http)
            bursts[stack] = load.measure(http)
            if stack == stacks.EMBEDDED:
                sections.append(accuracy.measure(http))
    return [*sections, latency.section(latencies), load.section(bursts)]
