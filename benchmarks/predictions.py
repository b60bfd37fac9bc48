"""Predictions and training through the service: how long a row takes, and what large files take."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

from benchmarks.endurance.sampling import part_trees, proportional_mebibytes
from benchmarks.tables import Section, verdict
from benchmarks.uploads import COLUMNS, write_csv
from chaos.processes import descendants, words
from examples.running import service

SIZES = (100_000, 500_000, 1_000_000)
ASKED, WARMED = 2_000, 200
MOST_MILLISECONDS = 10.0
MOST_GROWTH_MEBIBYTES = 10.0  # by which one measurement differs from the next
MOST_API_MEBIBYTES, MOST_MATRICES = 200e6 / 2**20, 4.0
LOOK_SECONDS = 0.02
PIECE_BYTES = 64 * 1024
READER = "service.tables.process"
API, READING, WORKER = "API", "its reader", "worker"
TARGET = f"c{COLUMNS - 1}"


@dataclass
class Peaks:
    """The most MiB that each kind of process of a service held, shared pages by share."""

    up: int
    held: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def watched(self) -> Iterator[dict[str, float]]:
        """The peaks during the block, which are whole after it."""
        self.held = {}
        over = threading.Event()
        thread = threading.Thread(target=self._look, args=(over,))
        thread.start()
        try:
            yield self.held
        finally:
            over.set()
            thread.join()

    def _look(self, over: threading.Event) -> None:
        trees = part_trees(self.up)
        is_over = False
        while not is_over:
            is_over = over.wait(LOOK_SECONDS)
            now: Counter[str] = Counter()
            for tree in ("serve", "worker"):
                for pid in [trees[tree], *descendants(trees[tree])]:
                    now[_kind(tree, pid)] += proportional_mebibytes(pid)
            for kind, mebibytes in now.items():
                self.held[kind] = max(self.held.get(kind, 0.0), mebibytes)


def _kind(tree: str, pid: int) -> str:
    if tree == "worker":
        return WORKER
    return READING if READER in words(pid) else API


@dataclass(frozen=True)
class Answered:
    """A file of so many rows, and what it took."""

    rows: int
    seconds: float
    peaks: dict[str, float]


def measure(sizes: Sequence[int] = SIZES) -> list[Section]:
    with (
        tempfile.TemporaryDirectory(prefix="descentd-bench-") as folder,
        service("--workers", "1") as running,
        httpx.Client(base_url=running.url, timeout=900, trust_env=False) as http,
    ):
        peaks, file = Peaks(running.pid), Path(folder, "rows.csv")
        one = _one_row(http)
        with peaks.watched() as idle:
            time.sleep(1)
        # The largest file is learnt from; the job's model answers all of them.
        write_csv(file, sizes[-1])
        with peaks.watched() as uploading:
            dataset = _sent(http, "/v1/datasets", file).json()["id"]
        with peaks.watched() as training:
            job = _trained(http, {"dataset": dataset, "target": TARGET, "epochs": 2})
        answered = [_answered(http, peaks, job, file, rows) for rows in sizes]
    return [
        _quickness(one),
        _streaming(answered),
        _training(sizes[-1], dict(idle), dict(uploading), dict(training)),
    ]


def _one_row(http: httpx.Client) -> list[float]:
    """Milliseconds of each request for one row, on one connection, once it is warm."""
    path = _trained(http, {"dataset": "iris", "epochs": 5})
    body, taken = {"inputs": [[5.1, 3.5, 1.4, 0.2]]}, []
    for _ in range(WARMED + ASKED):
        began = time.perf_counter()
        http.post(f"{path}/predictions", json=body).raise_for_status()
        taken.append(1000 * (time.perf_counter() - began))
    return taken[WARMED:]


def _trained(http: httpx.Client, body: dict[str, object]) -> str:
    """The path of a job that has succeeded."""
    path: str = http.post("/v1/jobs", json=body).raise_for_status().json()["links"]["self"]
    while (job := http.get(f"{path}?wait=30").raise_for_status().json())["finished_at"] is None:
        pass
    assert job["status"] == "succeeded", job["error"]
    return path


def _sent(http: httpx.Client, path: str, file: Path) -> httpx.Response:
    with file.open("rb") as content:
        headers = {"Content-Type": "text/csv"}
        return http.post(path, content=content, headers=headers).raise_for_status()


def _answered(http: httpx.Client, peaks: Peaks, job: str, file: Path, rows: int) -> Answered:
    write_csv(file, rows)
    headers = {"Content-Type": "text/csv", "Accept-Encoding": "identity"}
    lines, began = 0, time.perf_counter()
    with (
        peaks.watched() as held,
        file.open("rb") as content,
        http.stream("POST", f"{job}/predictions", content=content, headers=headers) as answer,
    ):
        answer.raise_for_status()
        for piece in answer.iter_raw(PIECE_BYTES):
            lines += piece.count(b"\n")
    assert lines == rows + 1, lines
    return Answered(rows, time.perf_counter() - began, dict(held))


def _quickness(taken: Sequence[float]) -> Section:
    middle, high = np.percentile(taken, [50, 95])
    return Section(
        "One row predicted",
        f"{len(taken):,} requests for one row of iris, one after another on one connection, with "
        "the model in the API's memory.",
        ["p50", "p95", "bar", "met"],
        [[f"{middle:.1f} ms", f"{high:.1f} ms", f"p95 < {MOST_MILLISECONDS:g} ms",
          verdict(high < MOST_MILLISECONDS)]],
    )  # fmt: skip


def _streaming(answered: Sequence[Answered]) -> Section:
    rows = []
    for before, each in zip([None, *answered], answered, strict=False):
        grown = {kind: each.peaks[kind] - (before or each).peaks[kind] for kind in (API, READING)}
        told = [f"{each.peaks[kind]:.0f} MiB ({grown[kind]:+.0f})" for kind in (API, READING)]
        is_last = each is answered[-1]
        met = verdict(max(grown.values()) < MOST_GROWTH_MEBIBYTES) if is_last else ""
        rows.append([f"{each.rows:,}", f"{each.rows / each.seconds:,.0f}", *told, met])
    return Section(
        "Files predicted on",
        f"CSV of {COLUMNS} columns streamed in and out, one file after another. Peaks of the API's "
        "processes and of the process that reads, shared pages by share, and in brackets how much "
        "more than for the file before. What reads holds some pieces of a file at once, which a "
        "small one does not fill: the bar, no more than one measurement differs from the next "
        f"({MOST_GROWTH_MEBIBYTES:g} MiB), is for the largest file against the one before.",
        ["rows", "rows a second", API, READING, "met"],
        rows,
    )


def _training(
    rows: int, idle: dict[str, float], uploading: dict[str, float], training: dict[str, float]
) -> Section:
    matrix = 4 * rows * COLUMNS / 2**20  # float32
    sent, learnt = uploading[API] - idle[API], training[WORKER] - idle[WORKER]
    return Section(
        "Memory for a large file, through the service",
        f"{rows:,} rows of {COLUMNS} columns, uploaded and trained on for two epochs. Peaks beyond "
        f"what the processes held while idle; of the worker in shares of the float32 matrix of "
        f"{matrix:.0f} MiB. The process that reads is told whole.",
        ["process", "peak", "bar", "met"],
        [
            ["API, while the file comes", f"{sent:.0f} MiB", f"< {MOST_API_MEBIBYTES:.0f} MiB",
             verdict(sent < MOST_API_MEBIBYTES)],
            ["its reader", f"{uploading[READING]:.0f} MiB", "", ""],
            ["worker, training", f"{learnt:.0f} MiB, {learnt / matrix:.2f} ×",
             f"< {MOST_MATRICES:g} ×", verdict(learnt < MOST_MATRICES * matrix)],
        ],
    )  # fmt: skip
