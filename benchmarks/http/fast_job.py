"""How much of the engine's speed is left under the service, where epochs are fast."""

from __future__ import annotations

import time
from datetime import datetime

from benchmarks.http.running import Stand
from benchmarks.jobs import at_rest, submit
from benchmarks.spread import Spread
from benchmarks.tables import Section, verdict
from engine.filling import fill
from engine.preparing import prepare
from engine.spec import from_dict
from engine.training import Training
from service import datasets
from service.auth import DEFAULT_TENANT
from service.blobs import FileBlobs

EPOCHS = 2_000
ROUNDS = 5
BAR = 0.85


def measure(stand: Stand) -> Section:
    shares = [_bare(stand) / _served(stand) for _ in range(ROUNDS)]
    share = Spread.of(shares)
    return Section(
        "A fast job under the service",
        f"iris, {EPOCHS} epochs: the engine alone in this process, against the time from the "
        "job's `started_at` to its `finished_at`, with all rows and checkpoints written. "
        f"{ROUNDS} rounds by turns. Median (least – greatest).",
        ["job", "speed of the bare engine", "bar", "met"],
        [["iris", share.text(), f"≥ {BAR}", verdict(share.median >= BAR)]],
    )


def _served(stand: Stand) -> float:
    with stand.client() as http:
        job = at_rest(http, submit(http, dataset="iris", epochs=EPOCHS))
    if job["status"] != "succeeded":
        raise RuntimeError(f"{job['id']} is {job['status']}")
    ended, began = (datetime.fromisoformat(job[name]) for name in ("finished_at", "started_at"))
    return (ended - began).total_seconds()


def _bare(stand: Stand) -> float:
    blobs = FileBlobs(stand.folder)
    with stand.sessions.reading() as session:
        table = datasets.table_of(session, blobs, DEFAULT_TENANT, "iris")
    spec = fill(from_dict({"epochs": EPOCHS}), table)
    data = prepare(spec, table).data
    began = time.perf_counter()
    list(Training(spec, data).records())
    return time.perf_counter() - began
