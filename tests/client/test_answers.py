"""What an answer becomes: its JSON, or an error that says all the service said."""

from __future__ import annotations

import pytest

from descentd_client import (
    BadRequestError,
    ConflictError,
    Fault,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    ProblemError,
    RateLimitedError,
    ServerError,
    TooLargeError,
    UnauthorizedError,
    UnavailableError,
    UnexpectedAnswerError,
    UnsupportedError,
)
from descentd_client.answers import decoded, retry_after_seconds
from descentd_client.wire import Answer

from .flows import answer, problem


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestError),
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (409, ConflictError),
        (413, TooLargeError),
        (415, UnsupportedError),
        (418, ProblemError),
        (422, InvalidError),
        (429, RateLimitedError),
        (500, ServerError),
        (503, UnavailableError),
        (507, ServerError),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[ProblemError]) -> None:
    with pytest.raises(ProblemError) as caught:
        decoded(problem(status, retry_after="3", x_request_id="r-1"))
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.detail) == (status, "not so")
    assert (caught.value.retry_after_seconds, caught.value.request_id) == (3.0, "r-1")


def test_every_fault_is_named_with_its_place() -> None:
    said = {
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "It breaks the contract.",
        "instance": "/v1/jobs",
        "errors": [
            {"pointer": "/optimizer/learning_rate", "detail": "must be greater than 0"},
            {"parameter": "limit", "detail": "must be at most 500"},
            {"detail": "is strange"},
        ],
    }
    with pytest.raises(InvalidError) as caught:
        decoded(answer(422, said))
    assert caught.value.instance == "/v1/jobs"
    assert caught.value.faults == (
        Fault("must be greater than 0", pointer="/optimizer/learning_rate"),
        Fault("must be at most 500", parameter="limit"),
        Fault("is strange"),
    )
    assert str(caught.value).splitlines() == [
        "422 Unprocessable Entity: It breaks the contract.",
        "  /optimizer/learning_rate: must be greater than 0",
        "  ?limit: must be at most 500",
        "  is strange",
    ]


@pytest.mark.parametrize("content", [b"<h1>Bad Gateway</h1>", b'"no"', b"[]", b"\xff", b""])
def test_a_proxy_that_answers_instead_is_shown_as_it_is(content: bytes) -> None:
    with pytest.raises(ServerError) as caught:
        decoded(Answer(502, {}, content))
    assert caught.value.title == "Bad Gateway"
    assert caught.value.faults == ()


@pytest.mark.parametrize("errors", [None, "all", [1, None], {"a": 1}])
def test_a_problem_with_strange_members_is_still_one(errors: object) -> None:
    with pytest.raises(InvalidError) as caught:
        decoded(answer(422, {"status": 422, "title": 7, "errors": errors}))
    assert caught.value.title == "Unprocessable Entity"
    assert caught.value.faults == ()


def test_what_is_no_answer_of_the_service_is_told() -> None:
    with pytest.raises(UnexpectedAnswerError, match="/login"):
        decoded(answer(302, location="/login"))
    with pytest.raises(UnexpectedAnswerError, match="Welcome"):
        decoded(Answer(200, {}, b"<h1>Welcome</h1>"))
    with pytest.raises(UnexpectedAnswerError):
        decoded(answer(200, [1]))


@pytest.mark.parametrize("text", ["", "soon", "-3", "1.5"])
def test_a_time_that_cannot_be_read_is_none(text: str) -> None:
    assert retry_after_seconds({"retry-after": text}) is None


def test_a_date_that_is_over_is_now() -> None:
    assert retry_after_seconds({"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT"}) == 0
