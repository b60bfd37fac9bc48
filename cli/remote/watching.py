"""Follows a job to its rest, and says how it ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from cli.remote import texts
from cli.remote.connection import INTERRUPTED, JOB_NOT_SUCCEEDED
from cli.remote.views import view_of

if TYPE_CHECKING:
    from descentd_client import Job


def watch(job: Job, as_json: bool) -> int:
    """Show the run until the job is at rest; the exit code. An interrupt leaves the job alone."""
    try:
        with view_of(job.shown, as_json) as show:
            for row in job.follow():
                show(row)
    except KeyboardInterrupt:
        click.echo(f"\n{job.id} goes on. To see it again: descentd watch {job.id}", err=True)
        return INTERRUPTED
    tell(job.shown, texts.summary(job.shown), as_json)
    return 0 if job.status == "succeeded" else JOB_NOT_SUCCEEDED


def tell(answer: Any, lines: Any, as_json: bool) -> None:
    """Print an answer as JSON, or else the lines that tell it."""
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    for line in lines:
        click.echo(line)
