"""`descentd doctor`: a line for every part, and what to do where one is not well."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import click

from cli import settings
from service.config import Config
from service.doctor import FAULT, OK, WARNING, Finding, examine
from service.errors import ConfigError
from service.logs import hidden

MARKS = {OK: "ok", WARNING: "look", FAULT: "FAULT"}


def run(environ: dict[str, str], as_json: bool) -> int:
    """Print the findings; 0 where nothing is broken, 1 otherwise."""
    findings = []
    for finding in _findings(environ):
        shown = {name: hidden(value) for name, value in asdict(finding).items()}
        findings.append(shown)
        if not as_json:
            click.echo(_line(shown))
    is_well = all(finding["state"] != FAULT for finding in findings)
    if as_json:
        click.echo(json.dumps({"well": is_well, "findings": findings}, indent=2))
    return 0 if is_well else 1


def _findings(environ: dict[str, str]) -> Iterator[Finding]:
    try:
        config = Config.from_environment(environ)
        settings.make_data_dir(config)
    except ConfigError as error:
        for fault in error.faults:
            yield Finding("settings", FAULT, fault, "The README lists every setting.")
    except click.ClickException as error:
        yield Finding("settings", FAULT, error.message, "Look at DESCENTD_DATA_DIR.")
    else:
        yield Finding("settings", OK, f"data in {config.data_dir}")
        yield from examine(config)


def _line(finding: dict[str, str]) -> str:
    advice = f"\n{'':17} {finding['advice']}" if finding["advice"] else ""
    return f"{MARKS[finding['state']]:5} {finding['part']:11} {finding['detail']}{advice}"
