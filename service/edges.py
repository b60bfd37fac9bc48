"""What stands before the service: proxies that are believed, and a path that comes first."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.utils import redirect

from service.config import Config

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication


def wrap(app: Flask, config: Config) -> None:
    """Have `app` see each request as its client sent it."""
    if config.url_prefix:
        app.wsgi_app = Prefix(app.wsgi_app, config.url_prefix)  # type: ignore[method-assign]
    if proxies := config.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app,
            x_for=proxies,
            x_proto=proxies,
            # With keys off the Host decides who is answered, and a page may set this header
            x_host=proxies if config.auth == "keys" else 0,
            x_port=0,
            x_prefix=0,
        )


class Prefix:
    """A WSGI application below a path, whether or not the proxy takes that away beforehand."""

    def __init__(self, app: WSGIApplication, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == self._prefix:
            # What a page names is looked for beside it: below the path only where that ends so
            return redirect(f"{path}/", HTTPStatus.PERMANENT_REDIRECT)(environ, start_response)
        if path.startswith(f"{self._prefix}/"):
            environ["PATH_INFO"] = path.removeprefix(self._prefix)
        environ["SCRIPT_NAME"] = self._prefix
        return self._app(environ, start_response)
