"""The options of `descentd train`, and the job's body that they make."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

NO_LAYER = "none"
FULL_BATCH = "full"
Command = Callable[..., Any]

# Where in the body an option's value goes. What has more to it is done by `body`.
PLACES = {
    "name": "/name",
    "target": "/target",
    "task": "/task",
    "cost": "/cost",
    "optimizer": "/optimizer/kind",
    "learning_rate": "/optimizer/learning_rate",
    "epochs": "/epochs",
    "batch_size": "/batch_size",
    "seed": "/seed",
    "dtype": "/dtype",
    "l2": "/l2",
    "validation": "/validation/fraction",
    "patience": "/stop/patience",
}


def widths(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    """`16,8` → the units of each hidden layer; `none` → no hidden layer."""
    if text is None:
        return None
    try:
        return [] if text == NO_LAYER else [int(word) for word in text.split(",")]
    except ValueError:
        raise click.BadParameter(
            f"must be numbers of units with commas between, like 16,8, or {NO_LAYER}"
        ) from None


def rate(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    if text is None or text == "auto":
        return text
    try:
        return float(text)
    except ValueError:
        raise click.BadParameter("must be a number, or auto") from None


def batch(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    if text is None or text == FULL_BATCH:
        return text
    try:
        return int(text)
    except ValueError:
        raise click.BadParameter(f"must be a number of rows, or {FULL_BATCH}") from None


def members(
    _context: click.Context, _option: click.Parameter, texts: Sequence[str]
) -> dict[str, Any]:
    """`/stop/cost=0.01` → what to set, by its JSON pointer; a value that is no JSON is text."""
    found = {}
    for text in texts:
        pointer, separator, value = text.partition("=")
        if not separator or not pointer.startswith("/"):
            raise click.BadParameter(f"must be like /stop/cost=0.01, not {text!r}")
        found[pointer] = _read(value)
    return found


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


OPTIONS = (
    click.option("--name", help="A name, to find it by."),
    click.option("--target", metavar="COLUMN", help="What to predict; the last column."),
    click.option("--task", help="auto, regression, binary or multiclass."),
    click.option(
        "--hidden", metavar="16,8", callback=widths, help="Units of the hidden layers, or none."
    ),
    click.option("--activation", help="Of the hidden layers: tanh, relu, gelu …"),
    click.option("--dropout", type=float, help="Of the hidden layers."),
    click.option("--cost", help="mse, mae, huber, binary_cross_entropy or cross_entropy."),
    click.option("--optimizer", help="adam, gradient_descent, momentum …"),
    click.option("--learning-rate", metavar="RATE", callback=rate, help="A number, or auto."),
    click.option("--epochs", type=int, help="How often to go through all rows."),
    click.option(
        "--batch-size", metavar="ROWS", callback=batch, help=f"Rows of a step, or {FULL_BATCH}."
    ),
    click.option("--seed", type=int, help="The same seed gives the same numbers."),
    click.option("--dtype", help="float32 or float64."),
    click.option("--l2", type=float, help="The penalty on large weights."),
    click.option("--validation", type=float, metavar="SHARE", help="Of rows kept from training."),
    click.option("--patience", type=int, metavar="EPOCHS", help="Stop without progress for long."),
    click.option(
        "--set",
        "members",
        multiple=True,
        metavar="/POINTER=VALUE",
        callback=members,
        help="Anything else of the job's body, like /scaling=min_max. May be repeated.",
    ),
    click.option(
        "--body",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="A job's body as JSON, for the options to stand above.",
    ),
)


def job_options(command: Command) -> Command:
    """Give a verb all options of a job."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def body(options: Mapping[str, Any]) -> dict[str, Any]:
    """The job's body, without its dataset; raises UsageError."""
    job = _from_file(options["body"])
    for name, pointer in PLACES.items():
        if options[name] is not None:
            put(job, pointer, None if options[name] == FULL_BATCH else options[name])
    layers = _hidden(options)
    if layers is not None:
        put(job, "/network/hidden", layers)
    for pointer, value in options["members"].items():
        put(job, pointer, value)
    return job


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.UsageError(f"{path} is no JSON: {error}") from error
    if not isinstance(read, dict):
        raise click.UsageError(f"{path} must hold an object")
    return read


def _hidden(options: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    of_each = {name: options[name] for name in ("activation", "dropout")}
    given = {name: value for name, value in of_each.items() if value is not None}
    if options["hidden"] is None:
        if given:
            raise click.UsageError("--activation and --dropout need --hidden")
        return None
    return [{"units": units, **given} for units in options["hidden"]]


def put(body: dict[str, Any], pointer: str, value: Any) -> None:
    """Set a member by its JSON pointer (RFC 6901), with the objects on the way to it."""
    *way, last = [
        part.replace("~1", "/").replace("~0", "~") for part in pointer.removeprefix("/").split("/")
    ]
    place = body
    for part in way:
        step = place.setdefault(part, {})
        if not isinstance(step, dict):
            raise click.UsageError(f"{pointer}: {part} is no object")
        place = step
    place[last] = value
