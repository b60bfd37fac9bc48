"""Every fault, round after round; the figures go to docs/reliability.md."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys

from chaos import report, tracks
from chaos.results import Results
from chaos.table import BOTH, FAULTS, Fault


def main() -> int:
    """The exit code: 0 if nothing was amiss in any round."""
    # So that what was started is stopped, and its files go.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(1))
    options = _options()
    faults = _chosen(options)
    if options.stack is not None:
        tracks.run(faults, options.stack, options.rounds, options.seed)
        return 0
    failed = _both_at_once(sys.argv[1:])
    verdicts = Results().verdicts
    text = report.figures(verdicts, _rows(FAULTS), _not_tried(faults))
    print(text)
    if len(faults) == len(FAULTS):
        report.write(text)
    return int(failed or any(each.flaws for each in verdicts))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of each fault on each stack")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--only", default="", help="faults whose name holds this; writes nothing")
    parser.add_argument("--group", type=int, help="faults of this row of the table; writes nothing")
    parser.add_argument("--stack", choices=BOTH, help="one stack alone; tells no figures")
    return parser.parse_args()


def _chosen(options: argparse.Namespace) -> list[Fault]:
    named = [fault for fault in FAULTS if options.only in fault.name]
    return [fault for fault in named if options.group in (None, fault.group)]


def _both_at_once(options: list[str]) -> bool:
    """Each stack in a process of its own, since most of a round is waiting; whether one failed."""
    command = [sys.executable, "-m", "chaos", *options, "--stack"]
    running = [subprocess.Popen([*command, stack]) for stack in BOTH]
    try:
        codes = [process.wait() for process in running]
        return any(codes)
    finally:
        for process in running:
            process.terminate()
            process.wait()


def _rows(faults: tuple[Fault, ...]) -> list[tuple[str, str]]:
    return [(fault.name, stack) for fault in faults for stack in fault.stacks]


def _not_tried(faults: list[Fault]) -> str:
    reasons = {
        f"{fault.name}, {stack}": tracks.lacking(fault, stack)
        for fault in faults
        for stack in fault.stacks
    }
    return "\n".join(f"- not tried: {name} ({why})" for name, why in reasons.items() if why)


if __name__ == "__main__":
    sys.exit(main())
