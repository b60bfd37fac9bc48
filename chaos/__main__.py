"""Every fault, round after round; the figures go to docs/reliability.md."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Mapping
from contextlib import nullcontext

from chaos import report, rounds
from chaos.results import Results
from chaos.rounds import Verdict
from chaos.servers import Servers, missing
from chaos.stack import EMBEDDED
from chaos.table import FAULTS, Fault
from chaos.work import undisturbed


def main() -> int:
    """The exit code: 0 if nothing was amiss in any round."""
    # So that what was started is stopped, and its files go.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(1))
    options = _options()
    results = Results()
    without_servers = missing()
    able, unable = _sorted_by_ability(_chosen(options), without_servers)
    todo = _missing_rounds(results, able, options.rounds)
    print(f"{len(todo)} rounds to do, {len(results.verdicts)} done before on the same code")
    if todo:
        _do(todo, results, options.seed, servers_needed=without_servers is None)
    order = [(fault.name, stack) for fault in FAULTS for stack in fault.stacks]
    text = report.figures(results.verdicts, order, _told(unable))
    print(text)
    if len(_chosen(options)) == len(FAULTS):
        report.write(text)
    return int(any(each.flaws for each in results.verdicts))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of each fault on each stack")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--only", default="", help="faults whose name holds this; writes nothing")
    parser.add_argument("--group", type=int, help="faults of this row of the table; writes nothing")
    return parser.parse_args()


def _chosen(options: argparse.Namespace) -> list[Fault]:
    named = [fault for fault in FAULTS if options.only in fault.name]
    return [fault for fault in named if options.group in (None, fault.group)]


def _sorted_by_ability(
    faults: list[Fault], without_servers: str | None
) -> tuple[list[tuple[Fault, str]], dict[str, str]]:
    """What this machine can do, and why it cannot do the rest."""
    able, unable = [], {}
    for fault in faults:
        for stack in fault.stacks:
            reason = fault.lacking() or (without_servers if stack != EMBEDDED else None)
            if reason is None:
                able.append((fault, stack))
            else:
                unable[f"{fault.name}, {stack}"] = reason
    return able, unable


def _missing_rounds(
    results: Results, able: list[tuple[Fault, str]], count: int
) -> list[tuple[Fault, str, int]]:
    """Round by round, so that what is stopped half way has a bit of everything."""
    return [
        (fault, stack, number)
        for number in range(count)
        for fault, stack in able
        if number >= results.done(fault, stack)
    ]


def _do(
    todo: list[tuple[Fault, str, int]], results: Results, seed: int, servers_needed: bool
) -> None:
    endings = undisturbed()
    with Servers.running() if servers_needed else nullcontext() as servers:
        for place, (fault, stack, number) in enumerate(todo, start=1):
            verdict = rounds.run(fault, stack, seed + number, servers, endings)
            results.add(verdict)
            _print(place, len(todo), verdict)


def _print(place: int, of: int, verdict: Verdict) -> None:
    recovery = ", ".join(f"{seconds:.1f} s" for seconds in verdict.recoveries)
    came = "ok" if not verdict.flaws else f"AMISS {verdict.flaws}"
    print(
        f"{place}/{of} {verdict.group} {verdict.fault} [{verdict.stack}, seed {verdict.seed}]: "
        f"{came}, {verdict.jobs} jobs, recovery {recovery or '-'}, {verdict.seconds:.0f} s",
        flush=True,
    )
    for text in verdict.texts:
        print(f"    {text}", flush=True)


def _told(unable: Mapping[str, str]) -> str:
    return "\n".join(f"- not tried: {name} ({reason})" for name, reason in unable.items())


if __name__ == "__main__":
    sys.exit(main())
