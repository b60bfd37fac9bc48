"""A large CSV file read, summarised and loaded again, against a bare read by the library used."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks.tables import Section, verdict

ROWS, COLUMNS, WHOLE_NUMBERS = 1_000_000, 20, 4
ROUNDS = 3
LEAST_SHARE, LEAST_TIMES_FASTER = 0.60, 5.0
MOST_API_BYTES, MOST_MATRICES = 200e6, 4.0
MATRIX_BYTES = 4 * ROWS * COLUMNS  # of float32

# Each runs alone in a fresh interpreter, what it imports aside, and says how long it took, and how
# much memory it took at most beyond what it had before.
WORK: Mapping[str, str] = {
    "bare": """
from pyarrow import csv, parquet
def work():
    parquet.write_table(csv.read_csv(source), stored, compression="none", use_dictionary=False)
""",
    "csv": """
from pyarrow import csv
def work():
    csv.read_csv(source)
""",
    "ingest": """
from pathlib import Path
from service.tables.ingest import ingest
from service.tables.limits import IngestLimits
def work():
    ingest(Path(source), "text/csv", Path(stored), IngestLimits())
""",
    "load": """
from pathlib import Path
from service.tables.stored import StoredTable
def work():
    with StoredTable(Path(stored)) as table:
        for field in table.fields:
            table.column(field.name)
""",
    "matrix": """
from pathlib import Path
import numpy as np
from service.tables.stored import StoredTable
def work():
    with StoredTable(Path(stored)) as table:
        matrix = np.empty((table.rows, len(table.fields)), np.float32)
        for place, field in enumerate(table.fields):
            matrix[:, place] = table.column(field.name).values
""",
}
MEASURED = """
import json, resource, sys, time
source, stored = sys.argv[1:]
{work}
def status(name):
    lines = open("/proc/self/status").read().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(name))
before, began = status("VmRSS"), time.perf_counter()
work()
seconds = time.perf_counter() - began
children = 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
peak = status("VmHWM") - before
print(json.dumps({{"seconds": seconds, "peak": peak, "children": children}}))
"""


def measure() -> list[Section]:
    with tempfile.TemporaryDirectory(prefix="descentd-bench-") as folder:
        source, stored = Path(folder, "source.csv"), Path(folder, "stored")
        write_csv(source)
        size = source.stat().st_size
        runs = [_round(source, stored) for _ in range(ROUNDS)]
        kept = stored.stat().st_size
    return [_speed(runs, size, kept), _memory(runs)]


Round = Mapping[str, Mapping[str, float]]


def write_csv(path: Path, rows: int = ROWS) -> None:
    """Random numbers, most with decimals, the last columns whole."""
    from pyarrow import csv, table

    draw = np.random.default_rng(0)
    decimals = [np.round(draw.normal(size=rows), 6) for _ in range(COLUMNS - WHOLE_NUMBERS)]
    wholes = [draw.integers(0, 10 ** (place + 1), rows) for place in range(WHOLE_NUMBERS)]
    columns = {f"c{place}": values for place, values in enumerate([*decimals, *wholes])}
    csv.write_csv(table(columns), path)


def _round(source: Path, stored: Path) -> Round:
    """All kinds of work once, one after the other; what `ingest` stores is what is loaded."""
    return {name: _run(work, source, stored) for name, work in WORK.items()}


def _run(work: str, source: Path, stored: Path) -> Mapping[str, float]:
    command = [sys.executable, "-c", MEASURED.format(work=work), str(source), str(stored)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    measured: dict[str, float] = json.loads(said)
    return measured


def _best(runs: list[Round], name: str) -> float:
    return min(run[name]["seconds"] for run in runs)


def _speed(runs: list[Round], size: int, kept: int) -> Section:
    bare, csv = _best(runs, "bare"), _best(runs, "csv")
    ingest, load = _best(runs, "ingest"), _best(runs, "load")
    return Section(
        "A large CSV file",
        f"{ROWS:,} rows of {COLUMNS} columns, {size / 1e6:.0f} MB, kept in {kept / 1e6:.0f} MB. "
        f"Best of {ROUNDS} rounds, each in a fresh interpreter. To accept is to start the process "
        "that reads, read, write the stored form and summarise every column; to load is to read "
        "every column of the stored form. The peer is pyarrow: its bare read of the file, and its "
        "writing of it once.",
        ["what", "seconds", "peer, seconds", "figure", "bar", "met"],
        [
            ["accept", f"{ingest:.2f}", f"{bare:.2f}", f"{bare / ingest:.0%} of its speed",
             f"≥ {LEAST_SHARE:.0%}", verdict(bare / ingest >= LEAST_SHARE)],
            ["load", f"{load:.2f}", f"{csv:.2f}", f"{csv / load:.1f} × its speed",
             f"≥ {LEAST_TIMES_FASTER:g} ×", verdict(csv / load >= LEAST_TIMES_FASTER)],
        ],
    )  # fmt: skip


def _memory(runs: list[Round]) -> Section:
    caller = max(run["ingest"]["peak"] for run in runs)
    reader = max(run["ingest"]["children"] for run in runs)
    matrix = max(run["matrix"]["peak"] for run in runs)
    return Section(
        "Memory for a large CSV file",
        f"The same file. The caller stands for the API, beyond what it held before; the process "
        "that reads is told whole; the worker makes a float32 matrix of all columns, beyond what "
        f"it held before, in shares of that matrix of {MATRIX_BYTES / 1e6:.0f} MB.",
        ["process", "peak", "bar", "met"],
        [
            ["caller", f"{caller / 1e6:.0f} MB", f"< {MOST_API_BYTES / 1e6:.0f} MB",
             verdict(caller < MOST_API_BYTES)],
            ["reader", f"{reader / 1e6:.0f} MB", "", ""],
            ["worker, loading", f"{matrix / MATRIX_BYTES:.2f} ×", f"< {MOST_MATRICES:g} ×",
             verdict(matrix < MOST_MATRICES * MATRIX_BYTES)],
        ],
    )  # fmt: skip
