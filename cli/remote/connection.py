"""The service a verb talks to, and what its user is told where that fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from descentd_client import Client

REFUSED = 1
JOB_NOT_SUCCEEDED = 3
UNREACHABLE = 4
INTERRUPTED = 130

url_option = click.option(
    "--url",
    metavar="URL",
    help="Where the service is; by default DESCENTD_URL, else http://127.0.0.1:8000. "
    "A key is read from DESCENTD_API_KEY.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print what the service answers, as JSON."
)


class Refused(click.ClickException):
    """The service said no, or what was given cannot be sent."""

    exit_code = REFUSED


class Unreachable(click.ClickException):
    """The service did not answer."""

    exit_code = UNREACHABLE


@contextmanager
def connected(url: str | None) -> Iterator[Client]:
    """A client of the service; raises Refused and Unreachable for its errors."""
    from descentd_client import Client, DescentdError, UnreachableError

    try:
        with Client(url) as client:
            yield client
    except UnreachableError as error:
        raise Unreachable(f"the service cannot be reached: {error}") from error
    except DescentdError as error:
        raise Refused(str(error)) from error
    except OSError as error:
        if error.filename is None:
            raise  # not of a file: a reader of our output has gone
        raise Refused(f"{error.filename}: {error.strerror}") from error
