"""The calls about what a job has learnt: predict, evaluate, download; and one step laid open."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from descentd_client.answers import checked
from descentd_client.asking import Core, asked, get, path, post, query
from descentd_client.bodies import media_type_of
from descentd_client.datasets import PATIENCE_SECONDS as FILE_PATIENCE_SECONDS
from descentd_client.datasets import upload
from descentd_client.errors import UnreachableError
from descentd_client.retries import opened
from descentd_client.types import DatasetGiven, Inputs, ModelFormat, Predictions, Step
from descentd_client.wire import Broken, Emit, Flow, Read, Request, Stream

# How long the service may take for many rows.
PATIENCE_SECONDS = 120.0


def predict(core: Core, job_id: str, inputs: Inputs) -> Flow[Predictions]:
    request = post(
        path("jobs", job_id, "predictions"), {"inputs": inputs}, patience=PATIENCE_SECONDS
    )
    return (yield from asked(core, request, Predictions))


def predict_file(
    core: Core, job_id: str, file: os.PathLike[str], media_type: str | None
) -> Stream[bytes]:
    """The answers to a file's rows, in its own form, piece by piece."""
    request = Request(
        "POST",
        path("jobs", job_id, "predictions"),
        headers={"Content-Type": media_type or media_type_of(file)},
        content=Path(file),
        patience=FILE_PATIENCE_SECONDS,
    )
    return (yield from _pieces(core, request, "the predictions"))


def evaluate(core: Core, job_id: str, dataset: DatasetGiven) -> Flow[dict[str, Any]]:
    """The model's scores on other data."""
    named: Any = dataset
    if isinstance(dataset, os.PathLike):
        named = (yield from upload(core, dataset))["id"]
    request = post(
        path("jobs", job_id, "evaluations"), {"dataset": named}, patience=PATIENCE_SECONDS
    )
    return (yield from asked(core, request, dict[str, Any]))


def model(core: Core, job_id: str, kind: ModelFormat) -> Stream[bytes]:
    """The bytes of a model file, piece by piece; raises UnreachableError where it breaks off."""
    request = get(path("jobs", job_id, "model"), query(format=kind))
    return (yield from _pieces(core, request, "the model"))


def _pieces(core: Core, request: Request, what: str) -> Stream[bytes]:
    checked((yield from opened(request, core.retries)))
    try:
        while (piece := (yield Read())) is not None:
            yield Emit(piece)
    except Broken as broken:
        raise UnreachableError(f"{what} broke off: {broken}") from broken


def step(core: Core, body: Any) -> Flow[Step]:
    """One step of gradient descent, with every number of it; nothing is stored."""
    return (yield from asked(core, post(path("steps"), body), Step))
