"""One round of a fault, from an empty directory to a verdict that can be kept."""

from __future__ import annotations

import random
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from chaos.checks import Flaw, Kind
from chaos.processes import words
from chaos.scene import Scene
from chaos.servers import Servers
from chaos.stack import EMBEDDED, Stack
from chaos.table import Fault
from chaos.work import Ending


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a round. ``flaws`` counts by kind; ``texts`` tells each."""

    group: int
    fault: str
    stack: str
    seed: int
    jobs: int
    flaws: dict[str, int]
    texts: list[str]
    recoveries: list[float]
    notes: dict[str, float]
    seconds: float


def run(
    fault: Fault, kind: str, seed: int, servers: Servers | None, undisturbed: Mapping[str, Ending]
) -> Verdict:
    """Do one round; its files stay where something was amiss."""
    folder = Path(tempfile.mkdtemp(prefix=f"chaos-{kind}-"))
    started = monotonic()
    lent = None if kind == EMBEDDED else servers
    if lent is not None:
        lent.start()
        lent.postgres.drop_databases()
        with lent.redis.client() as redis:
            redis.flushall()
    with closing(Stack(folder, lent, {})) as stack:
        scene = Scene(stack, random.Random(seed), undisturbed)
        _play(fault, scene)
    if not scene.flaws:
        shutil.rmtree(folder)
    return Verdict(
        group=fault.group,
        fault=fault.name,
        stack=kind,
        seed=seed,
        jobs=len(scene.accepted) + scene.deleted,
        flaws=dict(Counter(flaw.kind.value for flaw in scene.flaws)),
        texts=[flaw.text for flaw in scene.flaws] + ([str(folder)] if scene.flaws else []),
        recoveries=[round(seconds, 3) for seconds in scene.recoveries],
        notes=scene.notes,
        seconds=round(monotonic() - started, 1),
    )


def _play(fault: Fault, scene: Scene) -> None:
    try:
        fault.strike(scene)
        scene.settle()
    except Exception:  # the harness itself met what it did not foresee: that is no success
        scene.blame(traceback.format_exc())
    left = scene.stack.stop()
    scene.afterwards.close()
    scene.flaws += [
        Flaw(Kind.LEFT_OVER, f"process {pid} is left: {' '.join(words(pid))}") for pid in left
    ]
