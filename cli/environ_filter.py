"""Keeps the process's environment out of what the application takes for a request."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

# What a server says of a request. A variable of such a name would look like a part of it.
OF_A_REQUEST = ("HTTP_", "CONTENT_", "wsgi.")


class EnvironFilter:
    """A WSGI application that passes on the request alone.

    The server puts the whole process environment below each request: a variable `HTTP_…` would
    look like a header of every client, and secrets would stand in error reports. The variables
    that look like a request are taken out of the process, which needs none of them; the names of
    the others are then unmistakable.
    """

    def __init__(self, app: WSGIApplication, environ: MutableMapping[str, str]) -> None:
        self._app = app
        for name in [name for name in environ if name.startswith(OF_A_REQUEST)]:
            del environ[name]
        self._foreign = frozenset(environ) - OF_THE_SERVER

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        request = {name: value for name, value in environ.items() if name not in self._foreign}
        return self._app(request, start_response)


# Set for each request, whatever the environment says.
OF_THE_SERVER = frozenset(
    {
        "GATEWAY_INTERFACE",
        "PATH_INFO",
        "QUERY_STRING",
        "REMOTE_ADDR",
        "REMOTE_PORT",
        "REQUEST_METHOD",
        "SCRIPT_NAME",
        "SERVER_NAME",
        "SERVER_PORT",
        "SERVER_PROTOCOL",
        "SERVER_SOFTWARE",
    }
)
