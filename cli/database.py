"""What an operator is told where the database says no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import DBAPIError

from service.errors import Unfit


@contextmanager
def told() -> Iterator[None]:
    """Turn what is wrong with the database into one line of text; raises ClickException."""
    try:
        yield
    except DBAPIError as error:
        raise click.ClickException(f"the database answers: {error.orig}") from error
    except Unfit as error:
        raise click.ClickException(str(error)) from error
