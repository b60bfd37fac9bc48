"""Which of several media types an answer is given in."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from werkzeug.exceptions import NotAcceptable


def accepted(offered: Sequence[str], thing: str) -> str:
    """The media type this request likes best, the first where it does not say.

    Raises NotAcceptable where it takes none of those `thing` is offered in.
    """
    if "Accept" not in request.headers:
        return offered[0]
    found = request.accept_mimetypes.best_match(offered)
    if found is None:
        *most, last = offered
        raise NotAcceptable(f"{thing} is given as {', '.join(most)} or {last}.")
    return found
