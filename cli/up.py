"""`descentd up`: the whole service as one foreground command."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from cli import ports, settings
from cli.supervisor import Part, Supervisor
from service.setting import PREFIX

CHECKOUT = Path(__file__).resolve().parents[1]


def run(environ: dict[str, str], workers: int | None) -> int:
    """Migrate, then keep the API, ``workers`` worker processes and the scheduler running.

    Returns the exit code once everything has stopped; raises ClickException on bad settings.
    """
    config = settings.parse(environ)
    settings.require_mlflow(config)
    settings.make_data_dir(config)
    settings.log_to_stderr(config)
    _, port = ports.usable(config.host, config.port)
    supervisor = Supervisor({**_on_path(environ), f"{PREFIX}PORT": str(port)})
    with supervisor.handling_signals():
        failed = supervisor.run_once(Part("migrate", _command("migrate")))
        if failed or supervisor.stopping:
            return failed
        click.echo(f"descentd: {ports.url(config.host, port)}, data in {config.data_dir}")
        supervisor.run(_parts(workers or settings.cores()))
    return 0


def _parts(workers: int) -> list[Part]:
    return [
        Part("serve", _command("serve")),
        Part("worker", _command("worker", "--concurrency", str(workers))),
        Part("scheduler", _command("scheduler")),
    ]


def _command(*words: str) -> list[str]:
    # -P: the folder this command was called in must not lend its modules.
    return [sys.executable, "-P", "-m", "cli", *words]


def _on_path(environ: dict[str, str]) -> dict[str, str]:
    paths = [str(CHECKOUT), *filter(None, [environ.get("PYTHONPATH")])]
    return {**environ, "PYTHONPATH": os.pathsep.join(paths)}
