"""Requests made from /openapi.json alone: the service keeps to its own description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import checks

# A body may fit the description and still be refused: for its rows, its names, or what they mean
# together. That is told by 422, with the place.
NOT_PROMISED = [checks.positive_data_acceptance]
# Of each operation: some hundred and some thousands of requests in all.
SHORT, LONG = 3, 60


@pytest.mark.parametrize("examples", [SHORT, pytest.param(LONG, marks=pytest.mark.verify)])
def test_no_request_is_answered_otherwise_than_described(
    make_app: Callable[..., Flask], closing_answers: Callable[..., Any], examples: int
) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", closing_answers(make_app()))
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 20
    for operation in operations:

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def explore(case: schemathesis.Case) -> None:
            # The transport does not decode what it reads.
            headers = {"Accept-Encoding": "identity"}
            case.call_and_validate(headers=headers, excluded_checks=NOT_PROMISED)

        explore()
