"""Requests made from /openapi.json alone: the service keeps to its own description."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks

# A body may fit the description and still be refused: for its rows, its names, or what they mean
# together. That is told by 422, with the place.
NOT_PROMISED = [checks.positive_data_acceptance]
# Of each operation, in each mode, and the fewest requests that come of it in all.
SHORT, LONG = (2, 50), (50, 2000)


@pytest.mark.parametrize(
    ("examples", "least"), [SHORT, pytest.param(*LONG, marks=pytest.mark.verify)]
)
def test_no_request_is_answered_otherwise_than_described(
    make_app: Callable[..., Flask],
    closing_answers: Callable[..., Any],
    examples: int,
    least: int,
) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", closing_answers(make_app()))
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 20
    answered: Counter[GenerationMode] = Counter()
    for operation in operations:
        for mode in modes_of(operation):
            explore(operation, mode, examples, answered)
    assert answered.total() >= least
    assert len(answered) == len(GenerationMode)


def modes_of(operation: Any) -> list[GenerationMode]:
    """Whatever is asked of pages and files fits their description, of which it takes long to find
    the contrary.
    """
    is_of_the_interface = operation.path.startswith("/v1")
    return list(GenerationMode) if is_of_the_interface else [GenerationMode.POSITIVE]


def explore(
    operation: Any, mode: GenerationMode, examples: int, answered: Counter[GenerationMode]
) -> None:
    """Hold the operation's answers to its description: to requests that fit it, or do not."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def answer(case: schemathesis.Case) -> None:
        answered[mode] += 1
        # The transport does not decode what it reads.
        headers = {"Accept-Encoding": "identity"}
        case.call_and_validate(headers=headers, excluded_checks=NOT_PROMISED)

    # Nothing misfits an operation that takes nothing.
    with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
        answer()
