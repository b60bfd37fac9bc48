"""What a job's owner is told of an exception that ended the job."""

from __future__ import annotations

from engine.errors import DataError, EngineError
from service.blobs import StoreError
from service.disk import is_full
from service.errors import NotFound

LONGEST_MESSAGE = 500


def describe(error: Exception) -> tuple[str, str]:
    """A code for programs and a sentence for people."""
    text = str(error)[:LONGEST_MESSAGE]
    match error:
        case DataError() | NotFound():
            return "data_error", f"The data could not be used: {text}"
        case EngineError():
            return "training_error", f"The training could not go on: {text}"
        case MemoryError():
            return "out_of_memory", "The worker had not enough memory for this job."
        case StoreError():
            return "store_error", "The store of datasets and models did not answer; retry the job."
        case OSError() if is_full(error):
            return "no_room", "The service had no room left to store what the training brought."
        case _:
            kind = type(error).__name__
            return "internal_error", f"The worker met an error it did not expect: {kind}: {text}"
