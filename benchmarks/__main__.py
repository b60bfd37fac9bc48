"""`make bench`: measures, and writes benchmarks/results.md.

`python -m benchmarks NAME…` measures these parts alone and keeps the others as they stand.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Mapping

from benchmarks import diagnosis, predictions, report, service_runs, uploads
from benchmarks.http import watching
from benchmarks.learning import auto_rate, models, solved
from benchmarks.speed import bookkeeping, jit, linearity, memory, six_shapes
from benchmarks.tables import Section

PARTS: Mapping[str, Callable[[], list[Section]]] = {
    "shapes": six_shapes.measure,
    "jit": jit.measure,
    "memory": memory.measure,
    "linearity": linearity.measure,
    "bookkeeping": bookkeeping.measure,
    "auto": auto_rate.measure,
    "models": models.measure,
    "solved": solved.measure,
    "diagnosis": diagnosis.measure,
    "service": service_runs.measure,
    "uploads": uploads.measure,
    "predictions": predictions.measure,
    "http": watching.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PARTS))
    names = parser.parse_args().names or list(PARTS)
    unknown = sorted(set(names) - set(PARTS))
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    for name in names:
        _run(name)


def _run(name: str) -> None:
    """Measure one part and write it at once, so that a run cut short loses no more than that."""
    began, load = time.perf_counter(), os.getloadavg()[0]
    text = report.part(PARTS[name](), load)
    print(text, f"({name}: {time.perf_counter() - began:.0f} s)", sep="\n", flush=True)
    report.write({**report.read(), name: text}, tuple(PARTS))


# Where processes are spawned, each imports this module anew.
if __name__ == "__main__":
    main()
