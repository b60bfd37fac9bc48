"""The rounds of one stack, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

from chaos import rounds
from chaos.results import Results
from chaos.rounds import Verdict
from chaos.servers import Servers, missing
from chaos.stack import EMBEDDED
from chaos.table import Fault
from chaos.work import undisturbed


def lacking(fault: Fault, stack: str) -> str | None:
    """Why this machine cannot do a fault on a stack; None where it can."""
    return fault.lacking() or (missing() if stack != EMBEDDED else None)


def run(faults: Sequence[Fault], stack: str, count: int, seed: int) -> None:
    """Do every round that is missing, and keep its verdict."""
    results = Results()
    able = [fault for fault in faults if stack in fault.stacks and not lacking(fault, stack)]
    todo = _missing_rounds(results, able, stack, count)
    print(f"{stack}: {len(todo)} rounds to do", flush=True)
    if not todo:
        return
    endings = undisturbed()
    with Servers.running() if stack != EMBEDDED else nullcontext() as servers:
        for place, (fault, number) in enumerate(todo, start=1):
            verdict = rounds.run(fault, stack, seed + number, servers, endings)
            results.add(verdict)
            _print(place, len(todo), verdict)


def _missing_rounds(
    results: Results, faults: Sequence[Fault], stack: str, count: int
) -> list[tuple[Fault, int]]:
    """Round by round, so that what is stopped half way has a bit of everything."""
    return [
        (fault, number)
        for number in range(count)
        for fault in faults
        if number >= results.done(fault, stack)
    ]


def _print(place: int, of: int, verdict: Verdict) -> None:
    recovery = ", ".join(f"{seconds:.1f} s" for seconds in verdict.recoveries)
    came = "ok" if not verdict.flaws else f"AMISS {verdict.flaws}"
    lines = [
        f"{verdict.stack} {place}/{of} {verdict.group} {verdict.fault} (seed {verdict.seed}): "
        f"{came}, {verdict.jobs} jobs, recovery {recovery or '-'}, {verdict.seconds:.0f} s"
    ]
    print("\n".join([*lines, *(f"    {text}" for text in verdict.texts)]), flush=True)
