"""The `descentd` command. What a verb needs is imported when it runs, so that each starts fast."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli import lifeline, settings
from cli.remote import dataset_verbs, job_verbs

host_option = click.option("--host", metavar="HOST", help="Address to listen on.")
port_option = click.option(
    "--port", type=click.IntRange(0, 65535), metavar="PORT", help="Port; 0 takes a free one."
)
data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where everything is kept.",
)
# Set by `descentd up` alone: its parts end when it is gone, however it ended.
lifeline_option = click.option(
    "--lifeline",
    type=int,
    hidden=True,
    expose_value=False,
    is_eager=True,
    callback=lambda _context, _option, end: lifeline.watch(end) if end is not None else None,
)


@click.group()
def main() -> None:
    """Gradient descent as a service.

    up, serve, worker, scheduler, migrate, doctor and keys run it: every setting is an environment
    variable, DESCENTD_…; an option stands above it. All other commands talk to one that runs, at
    DESCENTD_URL, with the key in DESCENTD_API_KEY.
    """


for verb in (*job_verbs.VERBS, dataset_verbs.datasets):
    main.add_command(verb)


@main.command()
@host_option
@port_option
@data_dir_option
@click.option(
    "--workers", type=click.IntRange(1, 1024), metavar="N", help="Worker processes; one a core."
)
def up(workers: int | None, **options: Any) -> None:
    """Run the whole service in the foreground: API, workers, scheduler."""
    from cli.up import run

    raise SystemExit(run(settings.environment(**options), workers))


@main.command()
@host_option
@port_option
@data_dir_option
@lifeline_option
def serve(**options: Any) -> None:
    """Run the API."""
    config = settings.load(**options)
    from cli.serve import run

    raise SystemExit(run(config))


@main.command()
@data_dir_option
@lifeline_option
@click.option(
    "--concurrency", type=click.IntRange(1, 1024), metavar="N", help="Processes; one a core."
)
def worker(concurrency: int | None, **options: Any) -> None:
    """Run worker processes, which train."""
    config = settings.load(**options)
    from worker.celery_app import run

    raise SystemExit(run(config, concurrency or settings.cores()))


@main.command()
@data_dir_option
@lifeline_option
def scheduler(**options: Any) -> None:
    """Run what goes by the clock: taking jobs back from dead workers."""
    config = settings.load(**options)
    from worker.scheduler import run

    raise SystemExit(run(config))


@main.command()
@data_dir_option
@lifeline_option
@click.option("--back-to", metavar="REVISION", help="Go back to the schema of older code instead.")
def migrate(back_to: str | None, **options: Any) -> None:
    """Bring the database's schema up to date."""
    config = settings.load(**options)
    from cli.database import told
    from service.database.migrate import downgrade, upgrade

    with told():
        downgrade(config, back_to) if back_to else upgrade(config)


@main.command()
@data_dir_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool, **options: Any) -> None:
    """Look at settings, database, broker, store, disk, clock and workers; say what to do."""
    from cli.doctor import run

    raise SystemExit(run(settings.environment(**options), as_json))


@main.group()
def keys() -> None:
    """API keys of a tenant."""


tenant_option = click.option("--tenant", default="default", show_default=True, help="Whose it is.")


@keys.command()
@data_dir_option
@tenant_option
@click.option("--name", default="", help="What it is for, to tell it from others.")
@click.option(
    "--scope",
    type=click.Choice(["read", "write", "admin"]),
    default="write",
    show_default=True,
    help="read looks; write also makes and changes; admin also makes and revokes keys.",
)
@click.option(
    "--days", type=click.IntRange(1, 3650), metavar="N", help="How long it is good; else for ever."
)
def create(tenant: str, name: str, scope: str, days: int | None, **options: Any) -> None:
    """Make a key and print it: it is never shown again."""
    config = settings.load(**options)
    from cli.keys import create as create_key
    from service.scopes import Scope

    click.echo(create_key(config, tenant, name, Scope(scope), days))


@keys.command("list")
@data_dir_option
@tenant_option
def list_keys(tenant: str, **options: Any) -> None:
    """Show a tenant's keys, and when each was last used."""
    config = settings.load(**options)
    from cli.keys import table

    for line in table(config, tenant):
        click.echo(line)


@keys.command()
@data_dir_option
@tenant_option
@click.argument("key_id", metavar="KEY_ID")
def revoke(tenant: str, key_id: str, **options: Any) -> None:
    """End a key; a running service notices within DESCENTD_KEY_CACHE_SECONDS."""
    config = settings.load(**options)
    from cli.keys import revoke as revoke_key

    revoke_key(config, tenant, key_id)
