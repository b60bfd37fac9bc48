"""The two ways between the shop and descentd: orders there, a model back."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from descentd_client import Client, Job

from . import forecast, models, orders
from .store import Store

LEAST_R2 = 0.5
"""A model that explains less of what orders took is not shown to customers."""


def submit(store: Store, hook: str, secret: str) -> Job:
    """Send the orders and ask for a model; however often on one day, one job is made of them."""
    with store.reading() as database:
        table = orders.as_csv(database)
    key = f"orders-{datetime.now(UTC):%F}-{hashlib.sha256(table).hexdigest()}"
    with Client() as client:
        dataset = client.upload(table, media_type="text/csv", idempotency_key=key)
        return client.submit(
            dataset["id"],
            idempotency_key=key,
            name="delivery days",
            target="days",
            task="regression",
            network={"hidden": [{"units": 12, "activation": "tanh"}]},
            epochs=150,
            webhooks=[{"url": hook, "secret": secret, "events": ["job.succeeded", "job.failed"]}],
        )


def take(store: Store, webhook_id: str, event: Any) -> str:
    """Do what a message asks for, once; says in words what was done.

    The message is noted as taken in the transaction that keeps the model. If fetching it fails,
    nothing is noted, and the message comes again.
    """
    with store.reading() as database:
        if models.knows(database, webhook_id):
            return f"{webhook_id} came again"
    job_id = event["data"]["id"]
    model, words = _judged(event)
    with store.writing() as database:
        models.keep(database, webhook_id, job_id, model)
    return f"{job_id}: {words}"


def _judged(event: Any) -> tuple[bytes | None, str]:
    if event["type"] != "job.succeeded":
        return None, f"no model, {event['type']}"
    scores = event["data"]["metrics"]["validation"]
    if scores["r2"] is None or scores["r2"] < LEAST_R2:
        return None, f"the model stays as it is, r2 is only {scores['r2']}"
    with Client() as client:
        model = client.job(event["data"]["id"]).download("json")
    if not forecast.readable(json.loads(model)):
        return None, "the model is of a form that is not known here"
    return model, f"a new model, {scores['mae']:.2f} days off on the average"
