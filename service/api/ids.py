"""Ids in a path: what could not be one is answered before it reaches the database."""

from __future__ import annotations

from flask import Flask, request

from service.builtin_datasets import BUILT_IN
from service.errors import NotFound
from service.ids import well_formed

KINDS = {
    "job_id": ("job", "job"),
    "dataset_id": ("ds", "dataset"),
    "key_id": ("key", "key"),
    "delivery_id": ("dlv", "delivery"),
}
"""By the parameter's name: the mark of such ids, and what they are ids of."""

NAMES = {"dataset_id": BUILT_IN}
"""What may stand there instead."""


def register(app: Flask) -> None:
    """Have malformed ids answered as unknown ones, on every route of `app`."""
    app.before_request(_refuse_malformed)


def _refuse_malformed() -> None:
    for parameter, value in (request.view_args or {}).items():
        if parameter in KINDS:
            mark, thing = KINDS[parameter]
            if not well_formed(mark, value) and value not in NAMES.get(parameter, ()):
                raise NotFound(thing, value)
