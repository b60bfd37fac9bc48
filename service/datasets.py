"""Datasets that a tenant keeps. Nothing here commits."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from engine.table import Table
from service import keeping
from service.blobs import Blobs
from service.builtin_datasets import BUILT_IN, BuiltIn, builtin, described
from service.database.tables import Dataset
from service.errors import NotFound
from service.ids import new_id, well_formed
from service.inline_data import table_from
from service.pages import Page, newest_first
from service.tables.summary import summaries

JSON = "application/json"


def add_inline(
    session: Session, blobs: Blobs, tenant_id: str, inputs: list[Any], targets: list[Any]
) -> Dataset:
    """Keep the data of a job's body as a dataset of the tenant; raises DataError."""
    table = table_from(inputs, targets)
    content = orjson.dumps({"inputs": inputs, "targets": targets})
    dataset_id, sha256 = new_id("ds"), hashlib.sha256(content).hexdigest()
    known = keeping.known(session, tenant_id, sha256, JSON)
    if known is not None:
        return keeping.add(session, tenant_id, known)
    blob = f"datasets/{dataset_id}.json"
    # The bytes first: a row must never name what is not there
    blobs.put(blob, content)
    kept = keeping.Content(
        media_type=JSON,
        encoding=None,
        sha256=sha256,
        size_bytes=len(content),
        blob=blob,
        stored_blob=None,
        stored_bytes=0,
        rows=table.rows,
        columns=summaries(table),
    )
    return keeping.add(session, tenant_id, kept, dataset_id=dataset_id)


def get(session: Session, tenant_id: str, dataset_id: str, *, lock: bool = False) -> Dataset:
    """The tenant's dataset, as it stays until the commit if `lock`; raises NotFound."""
    mine = select(Dataset).where(Dataset.id == dataset_id, Dataset.tenant_id == tenant_id)
    mine = mine.with_for_update() if lock else mine
    dataset = session.scalar(mine) if well_formed("ds", dataset_id) else None
    if dataset is None:
        raise NotFound("dataset", dataset_id)
    return dataset


def find(session: Session, tenant_id: str, dataset: str) -> Dataset | BuiltIn:
    """A built-in dataset by its name, or one of the tenant's; raises NotFound."""
    return described(dataset) if dataset in BUILT_IN else get(session, tenant_id, dataset)


def hold(session: Session, tenant_id: str, dataset_id: str) -> str:
    """See to it that the tenant's dataset is there until the commit; gives its SHA-256.

    Raises NotFound.
    """
    mine = select(Dataset.sha256).where(Dataset.id == dataset_id, Dataset.tenant_id == tenant_id)
    sha256 = session.scalar(mine.with_for_update(read=True, key_share=True))
    if sha256 is None:
        raise NotFound("dataset", dataset_id)
    return sha256


def page(
    session: Session, tenant_id: str, *, limit: int, after: str | None = None
) -> Page[Dataset]:
    """The tenant's datasets, newest first, without `columns`; `after` as of `jobs.page`."""
    light = defer(Dataset.columns, raiseload=True)
    chosen = select(Dataset).options(light).where(Dataset.tenant_id == tenant_id)
    return newest_first(session, chosen, Dataset.id, kind="ds", limit=limit, after=after)


def table_of(session: Session, blobs: Blobs, tenant_id: str, dataset: str) -> Table:
    """The rows of a built-in dataset or of one of the tenant's; raises NotFound."""
    if dataset in BUILT_IN:
        return builtin(dataset)
    kept = get(session, tenant_id, dataset)
    if kept.stored_blob is not None:
        from service.tables.stored import StoredTable

        # What is open stays readable, whatever becomes of its name
        with blobs.path(kept.stored_blob) as path:
            return StoredTable(path, kept.targets)
    with blobs.open(kept.blob) as file:
        content = orjson.loads(file.read())
    return table_from(content["inputs"], content["targets"])
