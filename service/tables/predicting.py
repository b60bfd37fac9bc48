"""A file of rows as sent → a file of a model's answers, by a process of its own."""

from __future__ import annotations

import os
from pathlib import Path

from engine.model import Model
from service.tables.calling import called
from service.tables.limits import IngestLimits


def predict_file(
    model: Model, source: Path, media_type: str, target: Path, limits: IngestLimits
) -> int:
    """Write to `target` what the model says of each row of `source`, both CSV or both NDJSON;
    gives how many rows there are.

    Raises DataError with every fault of the rows, each with its line, and OSError where there is
    no room. Where anything is raised there is nothing at `target`.
    """
    model_path = target.with_name(f"{target.name}.model")
    model_path.write_bytes(model.to_bytes())
    request = {
        "source": os.fspath(source.absolute()),
        "media_type": media_type,
        "model": os.fspath(model_path.absolute()),
    }
    return int(called(request, target, limits)["rows"])
