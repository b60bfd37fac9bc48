"""`python -m benchmarks.endurance`: a steady load on Postgres and Redis, told and drawn."""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks import stacks
from benchmarks.endurance import picture
from benchmarks.endurance.clients import Tally, come
from benchmarks.endurance.sampling import PARTS, Sample, Sampler, growth
from examples.running import service

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "images" / "load.svg"
SAMPLES = 120
DRAIN_SECONDS = 120.0
# More than this in the last fifth than in the second is no flat memory.
MOST_GROWTH = 0.1
PERCENTILE_95 = 94


@dataclass(frozen=True)
class Run:
    """A load that was borne, or not."""

    rate: float
    seconds: float
    tally: Tally
    samples: list[Sample]

    def flaws(self) -> list[str]:
        """What must not be; memory is judged where there is enough of it to tell."""
        expected = round(self.rate * self.seconds)
        found = self.tally.errors[:10]
        if self.tally.succeeded != expected:
            found.append(f"{self.tally.succeeded} of {expected} jobs succeeded")
        if self.samples[-1].unfinished:
            found.append(f"{self.samples[-1].unfinished} jobs are left in the queue")
        grown = {name: growth(self.memory(name)) for name in PARTS}
        return found + [
            f"{name} takes {share:.0%} more memory in the end"
            for name, share in grown.items()
            if share > MOST_GROWTH
        ]

    def memory(self, part: str) -> list[float]:
        return [sample.memory[part] for sample in self.samples if sample.seconds <= self.seconds]

    def told(self) -> str:
        submits = statistics.quantiles(self.tally.submit_seconds, n=100)
        jobs = statistics.quantiles(self.tally.job_seconds, n=100)
        most = max(sample.unfinished for sample in self.samples)
        memory = ", ".join(f"{part} {max(self.memory(part)):.0f} MiB" for part in PARTS)
        return (
            f"{self.seconds / 60:g} minutes of {self.rate:g} submits/s: "
            f"{self.tally.succeeded} jobs succeeded, {len(self.tally.errors)} errors, "
            f"{self.tally.polls} polls; a submission "
            f"took {1000 * statistics.median(self.tally.submit_seconds):.0f} ms "
            f"(p95 {1000 * submits[PERCENTILE_95]:.0f} ms), a job from its submission to the poll "
            f"that saw its end {statistics.median(self.tally.job_seconds):.1f} s "
            f"(p95 {jobs[PERCENTILE_95]:.1f} s); at most {most} jobs queued or running; "
            f"most memory: {memory}."
        )


def bear(rate: float, seconds: float, workers: int) -> Run:
    """Start the service on Postgres and Redis, and let the clients come."""
    with (
        stacks.STACKS[stacks.SERVERS]() as settings,
        service("--workers", str(workers), settings=settings) as running,
    ):
        sampler = Sampler(running.pid, settings["DESCENTD_DATABASE_URL"], seconds / SAMPLES)
        with sampler.running():
            tally = asyncio.run(come(running.url, rate, seconds, DRAIN_SECONDS))
    return Run(rate, seconds, tally, sampler.samples)


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.endurance", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--rate", type=float, default=20.0, help="submits a second")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--picture", type=Path, default=PICTURE)
    options = parser.parse_args()
    run = bear(options.rate, options.seconds, options.workers)
    flaws = run.flaws()
    print(run.told(), f"Load average: {os.getloadavg()[1]:.1f}.", *flaws, sep="\n")
    options.picture.write_text(picture.svg(run.samples, run.told()), encoding="utf-8")
    return int(bool(flaws))


if __name__ == "__main__":
    sys.exit(main())
