"""`descentd train`, `watch`, `jobs`, `show`, `predict`, `export`, `cancel` and its like."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from cli.remote import texts
from cli.remote.connection import connected, json_option, url_option
from cli.remote.input_rows import rows_of
from cli.remote.job_options import body, job_options
from cli.remote.watching import tell, watch

STDOUT = "-"
ACTIONS = {
    "cancel": "Stop a job for good; what it has learnt by then is kept.",
    "pause": "Stop a job for now.",
    "resume": "Let a paused job go on, from where it was.",
    "retry": "Let a failed or cancelled job go on from its last checkpoint.",
}

job_argument = click.argument("job_id", metavar="JOB")


@click.command()
@click.argument("dataset", metavar="FILE_OR_NAME")
@job_options
@click.option("--detach", is_flag=True, help="Print the job's id, and do not wait for it.")
@json_option
@url_option
def train(dataset: str, detach: bool, as_json: bool, url: str | None, **options: Any) -> None:
    """Train a network, and watch it learn.

    FILE_OR_NAME is a file to upload, or the name or id of a dataset that the service has.
    Ctrl-C leaves the job running. Exit codes: 0 the job succeeded, 1 the service refused,
    2 wrong use, 3 the job did not succeed, 4 the service cannot be reached, 130 interrupted.
    """
    given = body(options)
    with connected(url) as client:
        job = client.submit(dataset_of(dataset), **given)
        if detach:
            tell(job.shown, [job.id], as_json)
            return
        code = watch(job, as_json)
    raise SystemExit(code)


def dataset_of(text: str) -> str | Path:
    """A file that is there, or a name; raises UsageError for a file that is not."""
    path = Path(text)
    if path.is_file():
        return path
    if path.suffix or path.name != text:
        raise click.UsageError(f"there is no file {text}")
    return text


@click.command("watch")
@job_argument
@json_option
@url_option
def watch_job(job_id: str, as_json: bool, url: str | None) -> None:
    """Watch a job until it is finished or paused. Exit codes as of train."""
    with connected(url) as client:
        code = watch(client.job(job_id), as_json)
    raise SystemExit(code)


@click.command()
@job_argument
@json_option
@url_option
def show(job_id: str, as_json: bool, url: str | None) -> None:
    """Show how a job stands."""
    with connected(url) as client:
        shown = client.job(job_id).shown
    tell(shown, texts.summary(shown), as_json)


@click.command()
@click.option("--status", help="Only those: queued, running, paused, succeeded …")
@click.option("--name", help="Only those of this name.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@json_option
@url_option
def jobs(status: Any, name: str | None, limit: int, as_json: bool, url: str | None) -> None:
    """List jobs, newest first."""
    with connected(url) as client:
        found = list(client.jobs(status=status, name=name, limit=limit))
    rows = [
        [
            job["id"],
            job["status"],
            f"{job['progress']:.0%}",
            texts.number(job["cost"]),
            job["dataset"],
            job["name"] or "",
        ]
        for job in found
    ]
    tell(found, texts.table(["JOB", "STATUS", "DONE", "COST", "DATASET", "NAME"], rows), as_json)


@click.command()
@job_argument
@click.argument("file", required=False, type=click.Path(exists=True, allow_dash=True))
@click.option("--row", "rows", multiple=True, metavar="1,2,3", help="A row. May be repeated.")
@click.option("--output", "-o", metavar="FILE", help="Where a file's answers go; - is stdout.")
@json_option
@url_option
def predict(
    job_id: str,
    file: str | None,
    rows: tuple[str, ...],
    output: str | None,
    as_json: bool,
    url: str | None,
) -> None:
    """Ask a job's model what it says of rows: --row, or a file of CSV, JSON or NDJSON.

    With --output a file of CSV or NDJSON may be of any length: it is sent and answered as it is
    read, by a file of the same form.
    """
    if output is not None:
        if file in (None, STDOUT) or rows or as_json:
            raise click.UsageError("--output needs a file, and goes with neither --row nor --json")
        with connected(url) as client:
            _write(client.job(job_id).predict_file(str(file)), output)
        return
    inputs = rows_of(rows, file)
    with connected(url) as client:
        found = client.job(job_id).predict(inputs)
    chances: list[Any] = found["probabilities"] or [None] * len(found["predictions"])
    lines = [
        f"{prediction}" + (f"\t{max(each):.1%}" if each else "")
        for prediction, each in zip(found["predictions"], chances, strict=True)
    ]
    tell(found, lines, as_json)


def _write(pieces: Iterable[bytes], output: str) -> None:
    """Into a file that is whole or not there, or to stdout."""
    if output == STDOUT:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    from descentd_client.files import whole

    with whole(output) as file:
        file.writelines(pieces)


@click.command()
@job_argument
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["json", "npz", "safetensors", "onnx"]),
    help="By default what the file's name tells.",
)
@click.option("--output", "-o", required=True, metavar="FILE", help="Where to; - is stdout.")
@url_option
def export(job_id: str, file_format: Any, output: str, url: str | None) -> None:
    """Write a job's model into a file."""
    if output == STDOUT and file_format is None:
        raise click.UsageError("--output - needs --format")
    with connected(url) as client:
        job = client.job(job_id)
        if output == STDOUT:
            click.echo(job.download(file_format), nl=False)
        else:
            job.save(output, file_format)


@click.command()
@job_argument
@url_option
def rm(job_id: str, url: str | None) -> None:
    """Remove a finished job with its history and model."""
    with connected(url) as client:
        client.job(job_id).delete()


def action_verb(action: str, help_text: str) -> click.Command:
    """The verb that does one thing to a job."""

    @click.command(action, help=help_text)
    @job_argument
    @json_option
    @url_option
    def act(job_id: str, as_json: bool, url: str | None) -> None:
        with connected(url) as client:
            job = client.job(job_id)
            getattr(job, action)()
        tell(job.shown, [f"{job.id} {job.status}"], as_json)

    return act


VERBS: tuple[click.Command, ...] = (
    *(train, watch_job, show, jobs, predict, export, rm),
    *(action_verb(action, help_text) for action, help_text in ACTIONS.items()),
)
