"""A job's owner reads what went wrong, in a code and in words."""

from __future__ import annotations

import errno

import pytest

from engine.errors import DataError, Fault
from service.blobs import StoreError
from service.errors import NotFound
from worker import faults


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (DataError([Fault("/dataset/targets/3", "is no number")]), "data_error", "is no number"),
        (NotFound("dataset", "ds_1"), "data_error", "ds_1"),
        (OSError(errno.ENOSPC, "No space left on device"), "no_room", "no room"),
        (StoreError("no answer"), "store_error", "retry"),
        (PermissionError(errno.EACCES, "denied"), "internal_error", "PermissionError"),
        (MemoryError(), "out_of_memory", "memory"),
        (ZeroDivisionError("division by zero"), "internal_error", "ZeroDivisionError"),
    ],
)
def test_each_kind_of_error_has_a_code_and_words(error: Exception, code: str, words: str) -> None:
    given, message = faults.describe(error)
    assert given == code
    assert words in message


def test_a_message_is_cut_to_what_one_reads() -> None:
    _, message = faults.describe(ValueError("x" * 100_000))
    assert len(message) < 1000
