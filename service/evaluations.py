"""A model, and other data than it learnt from → its scores on them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from engine.errors import Fault
from engine.metrics import Scores
from engine.model import Model
from engine.scoring import scores_of
from engine.table import Table
from service import datasets
from service.blobs import Blobs
from service.errors import Invalid, NotFound
from service.inline_data import table_from

DATASET = "/dataset"
# So many multiplications keep one request busy for some seconds at most
MOST_PRODUCTS = 5 * 10**10


def table_named(session: Session, blobs: Blobs, tenant_id: str, dataset: Any) -> Table:
    """The rows of a dataset, by its name or id, or as a body holds them; raises Invalid."""
    if isinstance(dataset, dict):
        return table_from(dataset["inputs"], dataset["targets"])
    try:
        return datasets.table_of(session, blobs, tenant_id, dataset)
    except NotFound as error:
        raise Invalid([Fault(DATASET, error.detail)]) from error


def evaluate(model: Model, table: Table) -> Scores:
    """The scores (`engine.metrics`) of the model on the table.

    Raises Invalid where there is too much to do, and DataError where the data do not fit.
    """
    products = model.parameters.size * table.rows
    if products > MOST_PRODUCTS:
        most = MOST_PRODUCTS // model.parameters.size
        detail = f"has {table.rows} rows; {most} are the most for a model of this size"
        raise Invalid([Fault(DATASET, detail)])
    return scores_of(model, table)
