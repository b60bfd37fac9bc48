"""`descentd datasets`: what the service has to learn from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.remote import texts
from cli.remote.connection import connected, json_option, url_option
from cli.remote.watching import tell

if TYPE_CHECKING:
    from descentd_client.types import DatasetShown, DatasetSummary

TITLES = ["DATASET", "ROWS", "BYTES", "CREATED", "NAME"]
dataset_argument = click.argument("dataset_id", metavar="DATASET")


@click.group()
def datasets() -> None:
    """What the service has to learn from."""


@datasets.command("list")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@json_option
@url_option
def every(limit: int, as_json: bool, url: str | None) -> None:
    """List datasets, newest first."""
    with connected(url) as client:
        found = list(client.datasets(limit=limit))
    tell(found, texts.table(TITLES, [_line(each) for each in found]), as_json)


@datasets.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--media-type", help="What it is, where its name does not tell.")
@json_option
@url_option
def upload(file: Path, media_type: str | None, as_json: bool, url: str | None) -> None:
    """Send a file of CSV, JSON, NDJSON, Parquet or NPZ; prints the dataset's id."""
    with connected(url) as client:
        shown = client.upload(file, media_type=media_type)
    tell(shown, [shown["id"]], as_json)


@datasets.command()
@dataset_argument
@json_option
@url_option
def show(dataset_id: str, as_json: bool, url: str | None) -> None:
    """Show a dataset and its columns."""
    with connected(url) as client:
        shown = client.dataset(dataset_id)
    tell(shown, _whole(shown), as_json)


@datasets.command()
@dataset_argument
@url_option
def rm(dataset_id: str, url: str | None) -> None:
    """Remove a dataset that no unfinished job needs."""
    with connected(url) as client:
        client.delete_dataset(dataset_id)


def _line(shown: DatasetSummary) -> list[str]:
    counts = (shown["rows"], shown["size_bytes"])
    return [shown["id"], *map(str, counts), shown["created_at"] or "", shown["name"] or ""]


def _whole(shown: DatasetShown) -> Iterator[str]:
    size = f"{shown['size_bytes']} bytes of {shown['media_type']}"
    yield f"{shown['id']}: {shown['rows']} rows, {size}"
    told = [name for name in COUNTED if any(name in column for column in shown["columns"])]
    rows = [[_cell(column.get(name)) for name in told] for column in shown["columns"]]
    yield from texts.table([name.upper() for name in told], rows)


COUNTED = ("name", "type", "min", "max", "mean", "missing", "distinct")


def _cell(value: Any) -> str:
    return texts.number(value) if isinstance(value, float) else "–" if value is None else str(value)
