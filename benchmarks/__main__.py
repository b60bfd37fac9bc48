"""`make bench`: measures, and writes benchmarks/results.md."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from benchmarks import accuracy, diagnosis, epochs, latency, load, machine, stacks
from benchmarks.tables import Section

RESULTS = Path(__file__).with_name("results.md")
INTRODUCTION = (
    "Made by `make bench` on {date} UTC. Each table compares what was measured side by side in "
    "that one run; single times say as much about the machine as about the code."
)


def main() -> None:
    sections = [*_of_the_service(), *epochs.measure(), *diagnosis.measure()]
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    lines = ["# Results", "", INTRODUCTION.format(date=date), ""]
    lines += [f"- {line}" for line in machine.describe()]
    text = "\n".join([*lines, "", *(section.markdown() for section in sections)])
    RESULTS.write_text(text.rstrip() + "\n", encoding="utf-8")
    print(text)


def _of_the_service() -> list[Section]:
    latencies, bursts, sections = {}, {}, []
    for stack in stacks.available():
        with stacks.client(stack) as http:
            latencies[stack] = latency.measure(http)
            bursts[stack] = load.measure(http)
            if stack == stacks.EMBEDDED:
                sections.append(accuracy.measure(http))
    return [*sections, latency.section(latencies), load.section(bursts)]


main()
